export { bandwidth, DEFAULT_NARROW_QUEUE, type BandwidthOptions } from "./bandwidth.js";
export { mtuBlackHole } from "./black-hole.js";
export { bursts, type BurstOptions } from "./bursts.js";
export { mark } from "./congestion.js";
export type { FaultRule } from "./fault-rule.js";
export {
  FAULT_KINDS,
  faultOf,
  type FaultFigure,
  type FaultKind,
  type FaultSpec,
  type FigureKind,
} from "./kinds.js";
export {
  corrupt,
  delay,
  duplicate,
  during,
  jitter,
  loss,
  partition,
  reorder,
  truncate,
  when,
} from "./rules.js";
export { Transit } from "./transit.js";
