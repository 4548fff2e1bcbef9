import { LOG_LEVELS, messageTime, readRecords, RecordKind } from "../../hosts/xs/frames/index.js";
import type { LogLevel } from "../../src/host/index.js";

/** What a device said in one reply (see hosts/xs/frames/messages.ts). */
export interface Reply {
  /** When it wants a request, in monotonic ms; Infinity: never. */
  readonly deadline: number;
  readonly frames: readonly Uint8Array[];
  readonly log: readonly { readonly level: LogLevel; readonly line: string }[];
}

/** Reads a reply. @throws Error on what the protocol does not have */
export function readReply(bytes: Uint8Array): Reply {
  const frames: Uint8Array[] = [];
  const log: { level: LogLevel; line: string }[] = [];
  readRecords(bytes, (kind, record) => {
    const level = LOG_LEVELS[record[0] ?? -1];
    if (kind === RecordKind.frame) frames.push(record);
    else if (kind === RecordKind.log && level !== undefined) {
      log.push({ level, line: new TextDecoder("utf-8", { fatal: true }).decode(record.subarray(1)) });
    } else throw new Error(`a reply with a record of kind ${kind}`);
  });
  return { deadline: messageTime(bytes), frames, log };
}
