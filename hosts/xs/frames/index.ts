export { createFramesHost, type FramesHost, type FramesPort, type Pollable } from "./host.js";
export { MAX_RECORD_LENGTH, messageTime, MessageWriter, readRecords, RecordKind } from "./messages.js";
export { emitMemory, emitStart, LOG_LEVELS, SEED_LENGTH, type Start } from "./records.js";
