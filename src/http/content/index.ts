export { parseMediaType, type MediaType } from "../message/media-type.js";
export { CONTENT_TYPES, contentTypeOf } from "./content-types.js";
export { events, EventStream, type ServerSentEvent } from "./event-stream.js";
export { Form, formOf, MAX_FORM_FIELDS, queryOf, type FormEntry, type FormFile } from "./form.js";
export { readForm, type FormReader } from "./form-reader.js";
export { MultipartBody, type FormPart } from "./multipart-body.js";
export { MAX_PART_HEAD, MAX_PARTS, MultipartParser, type MultipartEvents } from "./multipart-parser.js";
export {
  acceptsEncoding,
  negotiateCharset,
  negotiateEncoding,
  negotiateLanguage,
  negotiateType,
} from "./negotiation.js";
export { boundaryOf, type PartHead } from "./part-head.js";
export { formatUrlEncoded, parseUrlEncoded } from "./urlencoded.js";
