export { EVIDENCE_LINES, LAN_LISTENER } from "./evidence.js";
export type { Fingerprint } from "./fingerprint.js";
export { DEFAULT_LATENCY, Lan, STORY_LIMIT, type LanOptions, type LinkOptions } from "./lan.js";
export { LanHost, type App, type LanHostOptions, type WifiOptions } from "./lan-host.js";
export {
  PLACE_FAULTS,
  type PlaceFault,
  type Schedule,
  type ScheduledFault,
  type ScheduleSource,
} from "./schedule.js";
export { MAX_SEED, SEED_VARIABLE } from "./seed.js";
