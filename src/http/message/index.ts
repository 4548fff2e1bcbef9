export {
  BODY_TIME_LIMIT,
  CROWDED_IDLE_TIME_LIMIT,
  DEVICE_LIMITS,
  HEAD_TIME_LIMIT,
  IDLE_TIME_LIMIT,
  LINGER_TIME_LIMIT,
  MAX_BODY,
  MAX_CHUNK_LINE,
  MAX_CONNECTIONS,
  MAX_FIELDS,
  MAX_HEAD,
  MAX_LINGER,
  MAX_REQUEST_LINE,
  MAX_TRAILER,
  RESPONSE_TIME_LIMIT,
  SEND_TIME_LIMIT,
  type HttpLimits,
  type MessageLimits,
  type RequestLimits,
} from "./limits.js";
export { Fields } from "./fields.js";
export { formatHttpDate } from "./http-date.js";
export type { Method } from "./method.js";
export { Refusal } from "./refusal.js";
export type { BodyFraming, RequestHead } from "./request-head.js";
export { RequestParser, type ParserState, type RequestEvents } from "./request-parser.js";
export type { RequestTarget } from "./request-target.js";
export { reasonPhrase } from "./status.js";
