import type { Refusal } from "../message/refusal.js";
import type { HttpRequest } from "./request.js";
import type { HttpResponse } from "./response.js";

/**
 * Answers a request, before it returns or later. What it throws, and what the promise it returns is rejected with, is
 * answered for it: see `HttpError`.
 *
 * @typeParam Params what the route's path says, by name
 */
export type HttpHandler<Params extends object = object> = (
  request: HttpRequest<Params>,
  response: HttpResponse,
) => void | Promise<void>;

/** How a route takes the bodies of its requests. */
export interface RouteOptions {
  /**
   * "whole": the handler is called when all of it is there, as `request.body`. "stream": when the head is there, and the
   * handler reads it, by `request.readBody` or `request.chunks`. Absent: "whole".
   */
  readonly body?: "whole" | "stream";
  /** Bytes; more is answered 413. Absent: the server's limit for whole bodies, none for streams. */
  readonly maxBody?: number;
}

/** Who answers a request, as a router has found it. */
export interface Match {
  readonly options: RouteOptions;
  readonly params: object;
  /** Calls the handler, with the middleware around it; throws or rejects with what those do not deal with. */
  run(request: HttpRequest, response: HttpResponse): void | Promise<void>;
}

/** What a server asks for each request. */
export interface HandlerFinder {
  /** @param path percent-encoded, without its query; "*" for the server as a whole; empty with CONNECT */
  find(method: string, path: string): Match | Refusal;
}
