export { parseScript } from "./language/parser.js";
export { runScript, type RunOptions } from "./run/runner.js";
export { ScriptError, type Comparison, type Location } from "./script-error.js";
export { readSetting, type Settings } from "./settings.js";
