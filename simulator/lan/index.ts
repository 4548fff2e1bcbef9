export { DEFAULT_LATENCY, Lan, STORY_LIMIT, type LanOptions, type LinkOptions } from "./lan.js";
export { LanHost, type App, type LanHostOptions } from "./lan-host.js";
