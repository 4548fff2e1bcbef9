export * from "../message/index.js";
export type { BodyReader, BodySource } from "./body-stream.js";
export type { HttpHandler, Match, RouteOptions } from "./handler.js";
export { HttpError } from "./http-error.js";
export { COALESCED_WRITE } from "./outbox.js";
export { HttpRequest } from "./request.js";
export { HttpResponse, type TakeConnection } from "./response.js";
export { HttpServer, type HttpServerOptions } from "./server.js";
