export { FAULTS, Run, loadRun, saveRun, type Action, type Beginning, type Scenarios } from "./run/index.js";
export { Dashboard, type DashboardOptions } from "./server/dashboard.js";
export { firstBootBeginning, firstBootOptions, standardScenarios } from "./scenarios.js";
