export { parseFilter } from "./filter.js";
export { FilterError } from "./filter-error.js";
export { LONGEST_FILTER } from "./lexer.js";
export { DEEPEST_FILTER, type FrameTest } from "./parser.js";
