import { formatHttpDate } from "../message/http-date.js";
import { HttpError } from "../server/http-error.js";
import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import { evaluatePreconditions, type Validators } from "./preconditions.js";

/**
 * Puts a page's validators into the response, and sends it as 304 if the client has this page already. For pages that are
 * made for each request: what costs much is done only if it is still wanted.
 *
 * @returns whether the request is to be performed
 * @throws HttpError 412 if a condition of the request does not hold
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
  if (status === 412) throw new HttpError(412, "a condition of the request does not hold");
  // What the request changes has other validators then.
  if (request.method === "GET" || request.method === "HEAD") {
    const { etag, lastModified } = current ?? {};
    if (etag !== undefined) response.setHeader("ETag", etag);
    // RFC 9110 §15.4.5: a 304 with an entity tag has no use for it.
    if (lastModified !== undefined && (status !== 304 || etag === undefined)) {
      response.setHeader("Last-Modified", formatHttpDate(lastModified));
    }
  }
  if (status === undefined) return true;
  response.status = status;
  response.send();
  return false;
}
