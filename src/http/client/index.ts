export { ResponseFault, type ResponseFraming, type ResponseHead } from "./response-head.js";
export {
  MAX_INFORMATIONAL,
  ResponseParser,
  type ResponseEvents,
  type ResponseLimits,
} from "./response-parser.js";
export { HttpUrl, type UrlScheme } from "./url.js";
