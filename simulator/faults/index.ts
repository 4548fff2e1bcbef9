export type { FaultRule } from "./fault-rule.js";
export {
  corrupt,
  delay,
  duplicate,
  during,
  jitter,
  loss,
  mark,
  partition,
  reorder,
  truncate,
  when,
} from "./rules.js";
export { Transit } from "./transit.js";
