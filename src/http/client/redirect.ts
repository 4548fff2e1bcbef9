import { NetworkError } from "../../error/index.js";
import { HttpUrl } from "./url.js";

const MOVED_PERMANENTLY = 301;
const FOUND = 302;
const SEE_OTHER = 303;
const TEMPORARY_REDIRECT = 307;
const PERMANENT_REDIRECT = 308;

const REDIRECTS: readonly number[] = Object.freeze([
  MOVED_PERMANENTLY,
  FOUND,
  SEE_OTHER,
  TEMPORARY_REDIRECT,
  PERMANENT_REDIRECT,
]);

/** Fields that say who asks: another origin is not told (RFC 9110 §15.4). */
const SECRET_FIELDS: readonly string[] = Object.freeze(["authorization", "cookie"]);

/** True for a status that leads somewhere else by a Location field. 300 leaves the choice to the user. */
export function isRedirect(status: number): boolean {
  return REDIRECTS.includes(status);
}

/**
 * Where a Location leads (RFC 9110 §10.2.2): what is asked for there has the old fragment, unless it brings its own. User
 * information in it is not the user's.
 *
 * @throws NetworkError EPROTO if it is no http or https URL
 */
export function locationOf(text: string, url: HttpUrl, method: string): HttpUrl {
  // Each character is a byte of what is UTF-8, if anything.
  const encoded = text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const location = HttpUrl.tryParse(encoded, url);
  if (location === undefined)
    throw new NetworkError(
      "EPROTO",
      method,
      url.withoutSecrets,
      `a redirect to "${text}", which is no http or https URL`,
    );
  return location.withFragment(location.fragment ?? url.fragment);
}

/** RFC 9110 §15.4.2 to §15.4.9: after a POST, 301 and 302 are followed with GET, as everybody does; 303 means GET. */
export function methodAfter(status: number, method: string): string {
  if (status === SEE_OTHER) return method === "HEAD" ? method : "GET";
  return (status === MOVED_PERMANENTLY || status === FOUND) && method === "POST" ? "GET" : method;
}

/**
 * Whether a field goes on to the next request.
 *
 * @param key its name in lower case
 * @param sameMethod false where the body was left behind, and what is said of it
 */
export function survivesRedirect(key: string, sameOrigin: boolean, sameMethod: boolean): boolean {
  if (!sameMethod && key.startsWith("content-")) return false;
  return sameOrigin || (key !== "host" && !SECRET_FIELDS.includes(key));
}
