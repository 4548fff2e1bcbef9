export * from "../message/index.js";
export { COALESCED_WRITE } from "./outbox.js";
export { HttpRequest } from "./request.js";
export { HttpResponse } from "./response.js";
export type { HttpHandler } from "./router.js";
export { HttpServer, type HttpServerOptions } from "./server.js";
