export { HttpClient, type HttpClientOptions, type ProxyChoice } from "./client.js";
export type { PublicSuffix } from "./cookie-domain.js";
export {
  CookieJar,
  MAX_COOKIES_PER_DOMAIN,
  MAX_JAR_COOKIES,
  type CookieJarOptions,
  type CookieRequest,
  type StoredCookie,
} from "./cookie-jar.js";
export type { Credentials } from "./credentials.js";
export {
  CLIENT_LIMITS,
  CONNECT_TIME_LIMIT,
  CONTINUE_TIME_LIMIT,
  KEEP_TIME_LIMIT,
  MAX_CLIENT_CONNECTIONS,
  MAX_CONNECTIONS_PER_ORIGIN,
  MAX_READ_AHEAD,
  MAX_REDIRECTS,
  MAX_RESPONSE_BODY,
  MAX_WAITING_REQUESTS,
  RESPONSE_TIME,
  STALL_TIME_LIMIT,
  type ClientLimits,
} from "./limits.js";
export type { RequestOptions } from "./request.js";
export type { RequestBody } from "./request-body.js";
export type { RequestFields } from "./request-head.js";
export { HttpClientResponse } from "./response.js";
export { ResponseFault, type ResponseFraming, type ResponseHead } from "./response-head.js";
export {
  MAX_INFORMATIONAL,
  ResponseParser,
  type ResponseEvents,
  type ResponseLimits,
} from "./response-parser.js";
export { HttpUrl, type UrlScheme } from "./url.js";
