export { ModdableApp, RESTART_TIME } from "./app.js";
export { AppError } from "./app-error.js";
export type { ModdablePlatform, PreferenceValue } from "./modules/index.js";
export { moddable, type ModdableOptions } from "./moddable.js";
export { ASSOCIATION_TIME, BEACON_TIME, type AirNetwork } from "./platform/radio.js";
