export type { ExploreScenario } from "./attempt.js";
export {
  ALL_FAULTS,
  DEFAULT_LASTING,
  DEFAULT_MOST,
  DEFAULT_WITHIN,
  drawSchedule,
  type FaultMenu,
} from "./draw.js";
export { DEFAULT_SEEDS, explore, MAX_SHRUNK, type ExploreOptions } from "./explore.js";
export type { ScenarioModule } from "./load.js";
export { Exploration, type FailedSeed, type Problem } from "./report.js";
export { shrink, SHRINK_LIMIT, type Shrunk } from "./shrink.js";
export { SEED_LIMIT } from "./thread-runner.js";
