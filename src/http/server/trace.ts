import { encodeLatin1 } from "../../host/index.js";
import type { Match } from "./handler.js";
import { HttpError } from "./http-error.js";
import type { HttpRequest } from "./request.js";
import type { HttpResponse } from "./response.js";

/** Fields that tell who the client is: they do not go back to what may not be the client (RFC 9110 §9.3.8). */
const SECRET_FIELDS: readonly string[] = Object.freeze(["authorization", "cookie", "proxy-authorization"]);

/** Answers TRACE with the request, as it was received. */
export const TRACE_MATCH: Match = Object.freeze({
  options: Object.freeze({}),
  params: Object.freeze({}),
  run: echo,
});

function echo(request: HttpRequest, response: HttpResponse): void {
  if (request.body.length > 0) throw new HttpError(400, "TRACE with a body");
  let text = `TRACE ${request.rawTarget} HTTP/${request.httpVersion}\r\n`;
  for (const [name, value] of request.fields)
    if (!SECRET_FIELDS.includes(name.toLowerCase())) text += `${name}: ${value}\r\n`;
  // Each character is a byte of the request, and goes back as that.
  response.header("Content-Type", "message/http").send(encodeLatin1(`${text}\r\n`));
}
