export * from "../message/index.js";
export type { HandlerFinder, HttpHandler, Match, RouteOptions } from "./handler.js";
export { HttpError } from "./http-error.js";
export type { ErrorHandler, Middleware } from "./middleware.js";
export type { ParamValue, PathParams } from "./path-params.js";
export { HttpRequest } from "./request.js";
export { HttpResponse, type TakeConnection } from "./response.js";
export { Router } from "./router.js";
export { HttpServer, type HttpServerOptions } from "./server.js";
export {
  CROWDED_TIME_LIMIT,
  DEVICE_LIMITS,
  HEAD_TIME_LIMIT,
  HIGH_WATER_MARK,
  IDLE_TIME_LIMIT,
  LINGER_TIME_LIMIT,
  MAX_CONNECTIONS,
  MAX_LINGER,
  MAX_REQUESTS_PER_CONNECTION,
  REQUEST_TIME_LIMIT,
  RESPONSE_TIME_LIMIT,
  SEND_TIME_LIMIT,
  type HttpLimits,
} from "./limits.js";
export { RETRY_AFTER } from "./connection.js";
export type { Answer } from "./connection-owner.js";
