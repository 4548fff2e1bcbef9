export { isEntityTag, isStrongMatch, isWeakMatch, MAX_ENTITY_TAGS, parseEntityTags } from "./entity-tag.js";
export { parseHttpDate } from "./parse-http-date.js";
export {
  evaluatePreconditions,
  isRangeWanted,
  type ConditionalRequest,
  type Validators,
} from "./preconditions.js";
export { MAX_RANGES, selectRanges, type ByteRange } from "./range.js";
