import { formatHttpDate } from "../message/http-date.js";
import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import { evaluatePreconditions, type Validators } from "./preconditions.js";

/**
 * Puts a page's validators into the response, and answers it with 304 or 412 if the request's conditions want that. For
 * pages that are made for each request: what costs much is done only if it is still wanted.
 *
 * @returns whether the request is to be performed
 * @example
 * server.get("/log", (request, response) => {
 *   if (meetsPreconditions(request, response, { etag: `"${log.version}"` })) response.send(log.print());
 * });
 */
export function meetsPreconditions(
  request: HttpRequest,
  response: HttpResponse,
  current: Validators | undefined,
): boolean {
  const status = evaluatePreconditions(request, current);
  // What the request changes has other validators then.
  if (request.method === "GET" || request.method === "HEAD") {
    const { etag, lastModified } = current ?? {};
    if (etag !== undefined) response.setHeader("ETag", etag);
    // RFC 9110 §15.4.5: a 304 with an entity tag has no use for it.
    if (lastModified !== undefined && (status !== 304 || etag === undefined)) {
      response.setHeader("Last-Modified", formatHttpDate(lastModified));
    }
  }
  if (status === 412) response.problem(412, "a condition of the request does not hold");
  if (status === 304) {
    response.status = 304;
    response.send();
  }
  return status === undefined;
}
