export { parseMediaType, type MediaType } from "../message/media-type.js";
export { CONTENT_TYPES, contentTypeOf } from "./content-types.js";
export { events, EventStream, type ServerSentEvent } from "./event-stream.js";
export { Form, formOf, queryOf, type FormEntry, type FormFile } from "./form.js";
export { FORM_LIMITS, MAX_FORM_FIELDS, MAX_PART_HEAD, MAX_PARTS, type FormLimits } from "./form-limits.js";
export { readForm, type FormReader } from "./form-reader.js";
export { MultipartBody, type FormPart } from "./multipart-body.js";
export { MultipartParser, type MultipartEvents } from "./multipart-parser.js";
export {
  acceptsEncoding,
  negotiateCharset,
  negotiateEncoding,
  negotiateLanguage,
  negotiateType,
} from "./negotiation.js";
export { boundaryOf, type PartHead } from "./part-head.js";
export { formatUrlEncoded, parseUrlEncoded } from "./urlencoded.js";
