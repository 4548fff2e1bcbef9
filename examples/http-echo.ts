// HTTP echo: a server that sends the body of each request back.
//
// What there is to learn: a request is a method, a path, fields and perhaps a body; an answer is a status, fields and perhaps a
// body. Middleware stands around all pages of a server, those that do not exist included.
import type { HttpRequest, HttpResponse, Middleware } from "wirelet/http";

/** What any page of this server can be asked with; TRACE and CONNECT are not a page's business. */
const ALLOWED = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

/**
 * Answers every request with its own body and content type, whatever its method and path. `/echo` without a body is answered with
 * the fields, a line each.
 *
 * @example
 * server.use(echo);
 */
export const echo: Middleware = (request, response) => {
  const { method, path, body } = request;
  const isPageMethod = method !== "TRACE" && method !== "CONNECT";
  if (!isPageMethod || method === "OPTIONS") response.header("Allow", ALLOWED);
  if (!isPageMethod) response.problem(405, "no method for a page");
  else if (path === "/echo" && body.length === 0) sendFields(request, response);
  else {
    const type = request.header("content-type");
    if (type !== undefined) response.header("Content-Type", type);
    response.send(body.length === 0 ? "" : body);
  }
};

function sendFields(request: HttpRequest, response: HttpResponse): void {
  response.send([...request.fields].map(([name, value]) => `${name}: ${value}\n`).join(""));
}
