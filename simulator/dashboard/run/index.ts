export { HOST_KINDS, MAX_TRANSFER, type Action, type HostKind, type PlacedAction } from "./action.js";
export { FAULTS, type Fault, type FaultKind } from "./fault.js";
export type { Beginning, RunRecord } from "./file.js";
export type { Json } from "./fields.js";
export { Run, loadRun, saveRun, type Scenarios } from "./run.js";
