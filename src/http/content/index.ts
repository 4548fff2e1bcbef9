export { parseMediaType, type MediaType } from "../message/media-type.js";
export { CONTENT_TYPES, contentTypeOf } from "./content-types.js";
export {
  acceptsEncoding,
  negotiateCharset,
  negotiateEncoding,
  negotiateLanguage,
  negotiateType,
} from "./negotiation.js";
