export { bundle, type BundledFile, type BundledFileOptions } from "./bundle.js";
export { BytesResource } from "./bytes-resource.js";
export { meetsPreconditions } from "./conditional-response.js";
export { isEntityTag, isStrongMatch, isWeakMatch, MAX_ENTITY_TAGS, parseEntityTags } from "./entity-tag.js";
export { etagOf } from "./etag-of.js";
export { parseHttpDate } from "./parse-http-date.js";
export {
  evaluatePreconditions,
  isRangeWanted,
  type ConditionalRequest,
  type Validators,
} from "./preconditions.js";
export { MAX_RANGES, selectRanges, type ByteRange } from "./range.js";
export type { Resource, ResourceSource } from "./resource.js";
export { sendResource } from "./send-resource.js";
export { serveFiles, type ServeFilesOptions } from "./serve-files.js";
