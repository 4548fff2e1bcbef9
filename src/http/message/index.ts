export type { BodyReader, BodySource } from "./body-stream.js";
export {
  MAX_BODY,
  MAX_CHUNK_EXTENSIONS,
  MAX_CHUNK_LINE,
  MAX_FIELDS,
  MAX_HEAD,
  MAX_REQUEST_LINE,
  MAX_TRAILER,
  type MessageLimits,
  type RequestLimits,
} from "./limits.js";
export { Fields } from "./fields.js";
export { formatHttpDate } from "./http-date.js";
export type { Method } from "./method.js";
export { COALESCED_WRITE } from "./outbox.js";
export { Refusal } from "./refusal.js";
export type { BodyFraming, RequestHead } from "./request-head.js";
export type { RequestEvents } from "./request-events.js";
export { RequestParser, type ParserState } from "./request-parser.js";
export type { RequestTarget } from "./request-target.js";
export { reasonPhrase } from "./status.js";
