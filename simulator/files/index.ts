export type { Expectation } from "./expect/expectation.js";
export { loadScenario, readScenario } from "./load.js";
export { MAX_FAULTS, MAX_HOSTS } from "./read/hosts.js";
export { MAX_REFERENCES, MAX_SCENARIO_LENGTH } from "./read/source.js";
export { Scenario, type Outcome, type RunOptions, type ScenarioReport } from "./scenario.js";
export { ScenarioError } from "./scenario-error.js";
export { shippedScenario, shippedScenarios } from "./shipped.js";
