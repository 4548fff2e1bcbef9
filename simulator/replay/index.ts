export { RecordedHosts, type Recorded } from "./recorded-hosts.js";
export { Replay, type ReplayOptions } from "./replay.js";
