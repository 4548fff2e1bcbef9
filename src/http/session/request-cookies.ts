import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import { parseCookies } from "./cookies.js";
import { formatSetCookie, type CookieAttributes } from "./set-cookie.js";

/**
 * The cookies of a request, by name.
 *
 * @example
 * server.get("/", (request, response) => response.send(`You speak ${cookiesOf(request).get("lang") ?? "any language"}.`));
 */
export function cookiesOf(request: HttpRequest): ReadonlyMap<string, string> {
  const { fields } = request;
  // A client sends one line (RFC 6265bis §5.8.1); what a proxy has cut into several is joined as it was.
  return fields.has("cookie") ? parseCookies(fields.getAll("cookie").join("; ")) : new Map<string, string>();
}

/**
 * Has the client keep a cookie.
 *
 * @throws NetworkError EINVAL as `formatSetCookie`
 */
export function setCookie(
  response: HttpResponse,
  name: string,
  value: string,
  attributes?: CookieAttributes,
): void {
  response.header("Set-Cookie", formatSetCookie(name, value, attributes));
}

/**
 * Has the client forget a cookie.
 *
 * @param attributes those it was set with: a cookie with another path or domain is another one
 * @throws NetworkError EINVAL as `formatSetCookie`
 */
export function clearCookie(response: HttpResponse, name: string, attributes?: CookieAttributes): void {
  setCookie(response, name, "", { ...attributes, maxAge: undefined, expires: 0 });
}
