import { Pattern } from "../../host/index.js";
import { NetworkError } from "../../error/index.js";
import { hasControl, isToken } from "../message/fields.js";
import { formatHttpDate } from "../message/http-date.js";
import { parseCookieDate } from "./cookie-date.js";
import { splitPair } from "./cookies.js";

/** Bytes of a cookie's name and value together; clients ignore a longer one (RFC 6265bis §5.6). */
export const MAX_COOKIE = 4096;

/** Bytes of an attribute's value; clients ignore a longer one (RFC 6265bis §5.6). */
export const MAX_COOKIE_ATTRIBUTE = 1024;

/** Seconds that a cookie lives at most, 400 days: what RFC 6265bis §5.5 recommends to clients. */
export const MAX_COOKIE_AGE = 400 * 86_400;

/** Which requests from other sites have the cookie: none, those that open a page, all (RFC 6265bis §4.1.2.7). */
export type SameSite = "Strict" | "Lax" | "None";

export interface CookieAttributes {
  /** When it ends, in ms since 1970; absent, as `maxAge`: with the browser. */
  readonly expires?: number;
  /** Seconds that it lives; it goes before `expires`. A received 0 ends it at once. */
  readonly maxAge?: number;
  /** Its subdomains have the cookie too; absent: only the host that set it. */
  readonly domain?: string;
  /** Absent: where the page is that set it. */
  readonly path?: string;
  /** Sent over HTTPS only. */
  readonly secure?: boolean;
  /** Hidden from the page's scripts. */
  readonly httpOnly?: boolean;
  /** Absent: browsers take it for "Lax". */
  readonly sameSite?: SameSite;
  /** Kept apart for each site that embeds this one (CHIPS). */
  readonly partitioned?: boolean;
}

/** A cookie as a client receives it. Its domain is in lower case and has no leading dot. */
export interface ReceivedCookie extends CookieAttributes {
  readonly name: string;
  readonly value: string;
}

type ReadAttributes = { -readonly [Key in keyof CookieAttributes]: CookieAttributes[Key] };

/** What no value may have: controls, blanks, quotes, comma, semicolon, backslash, and what is not ASCII (RFC 6265bis §4.1.1). */
const NOT_COOKIE_OCTET = new Pattern(() => /[^!#-+\--:<-[\]-~]/);

/** What no path may have: controls, semicolon, and what is not ASCII (RFC 6265bis §4.1.1). */
const NOT_PATH_OCTET = new Pattern(() => /[^ -:<-~]/);

const NOT_DOMAIN_OCTET = new Pattern(() => /[^0-9A-Za-z.-]/);

/** Not written as "[^\0-\x7f]": measured on XS, a class that excludes NUL matches everything. */
const NOT_ASCII = new Pattern(() => /[\x80-\xff]/);

const NOT_DIGIT = new Pattern(() => /[^0-9]/);

const SAME_SITE: readonly SameSite[] = Object.freeze(["Strict", "Lax", "None"]);

/** The years 1601 to 9999, in ms since 1970: what a date of four digits can say, and clients take (RFC 6265bis §5.1.1). */
const FIRST_DATE = -11_644_473_600_000;
const LAST_DATE = 253_402_300_799_000;

/**
 * The value of a Set-Cookie field (RFC 6265bis §4.1).
 *
 * @param value cookie octets, in quotes or not: other data has to be encoded, as base64 or by percent signs
 * @throws NetworkError EINVAL for what a client would ignore or read differently
 *
 * @example
 * formatSetCookie("lang", "en", { path: "/", maxAge: 86_400, sameSite: "Lax" }); // "lang=en; Max-Age=86400; Path=/; SameSite=Lax"
 */
export function formatSetCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const problem = malformed(name, value, attributes) ?? ruleBroken(name, value, attributes);
  if (problem !== undefined) throw new NetworkError("EINVAL", "set cookie", name, problem);
  const { expires, maxAge, domain, path, secure, httpOnly, sameSite, partitioned } = attributes;
  let field = `${name}=${value}`;
  if (expires !== undefined) field += `; Expires=${formatHttpDate(expires)}`;
  if (maxAge !== undefined) field += `; Max-Age=${maxAge}`;
  if (domain !== undefined) field += `; Domain=${domain}`;
  if (path !== undefined) field += `; Path=${path}`;
  if (secure === true) field += "; Secure";
  if (httpOnly === true) field += "; HttpOnly";
  if (sameSite !== undefined) field += `; SameSite=${sameSite}`;
  if (partitioned === true) field += "; Partitioned";
  return field;
}

/**
 * Reads the value of one Set-Cookie field as clients do (RFC 6265bis §5.6): of repeated attributes the last counts, of
 * unknown and malformed ones none.
 *
 * @param field each byte a character
 * @returns undefined if it is to be ignored, whatever page it came with; what depends on the page, and on the time, is
 * left to the jar (§5.7)
 */
export function parseSetCookie(field: string): ReceivedCookie | undefined {
  if (hasControl(field)) return undefined;
  const [pair, ...rest] = field.split(";");
  const [name, value] = splitPair(pair!);
  const length = name.length + value.length;
  if (length === 0 || length > MAX_COOKIE) return undefined;
  const attributes: ReadAttributes = {};
  for (const attribute of rest) readAttribute(attribute, attributes);
  if (attributes.domain !== undefined && NOT_ASCII.regexp.test(attributes.domain)) return undefined;
  if (ruleBroken(name, value, attributes) !== undefined) return undefined;
  return { name, value, ...attributes };
}

function readAttribute(text: string, attributes: ReadAttributes): void {
  const [key, value] = text.includes("=") ? splitPair(text) : splitPair(`${text}=`);
  if (value.length > MAX_COOKIE_ATTRIBUTE) return;
  switch (key.toLowerCase()) {
    case "expires":
      attributes.expires = parseCookieDate(value) ?? attributes.expires;
      break;
    case "max-age":
      attributes.maxAge = parseMaxAge(value) ?? attributes.maxAge;
      break;
    case "domain":
      attributes.domain = (value.startsWith(".") ? value.slice(1) : value).toLowerCase() || undefined;
      break;
    case "path":
      // §5.6.4: what is no path stands for the page's own.
      attributes.path = value.startsWith("/") ? value : undefined;
      break;
    case "secure":
      attributes.secure = true;
      break;
    case "httponly":
      attributes.httpOnly = true;
      break;
    case "samesite":
      attributes.sameSite = SAME_SITE.find((mode) => mode.toLowerCase() === value.toLowerCase());
      break;
    case "partitioned":
      attributes.partitioned = true;
  }
}

/** Seconds, of which 400 days are the most; undefined if it is no number (RFC 6265bis §5.6.2). */
function parseMaxAge(value: string): number | undefined {
  const digits = value.startsWith("-") ? value.slice(1) : value;
  if (digits === "" || NOT_DIGIT.regexp.test(digits)) return undefined;
  return Math.min(Math.max(0, Number(value)), MAX_COOKIE_AGE);
}

/** What a server may not write (RFC 6265bis §4.1.1). */
function malformed(name: string, value: string, attributes: CookieAttributes): string | undefined {
  const { expires, maxAge, domain, path } = attributes;
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  if (!isToken(name)) return "no name of a cookie";
  if (NOT_COOKIE_OCTET.regexp.test(quoted ? value.slice(1, -1) : value))
    return "no value of a cookie: encode it";
  if (name.length + value.length > MAX_COOKIE) return `more than ${MAX_COOKIE} bytes`;
  if (expires !== undefined && !(expires >= FIRST_DATE && expires <= LAST_DATE)) return "no date";
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge > 0)) return "no number of seconds";
  if (domain !== undefined && (domain === "" || NOT_DOMAIN_OCTET.regexp.test(domain))) return "no domain";
  if (path !== undefined && (!path.startsWith("/") || NOT_PATH_OCTET.regexp.test(path))) return "no path";
  return undefined;
}

/** What makes every client ignore the cookie (RFC 6265bis §5.7, steps 19 to 22). */
function ruleBroken(name: string, value: string, attributes: CookieAttributes): string | undefined {
  const { secure = false, domain, path, sameSite, partitioned = false } = attributes;
  if (sameSite === "None" && !secure) return "SameSite=None without Secure";
  if (partitioned && !secure) return "Partitioned without Secure";
  // A cookie without a name could pose as one with a prefix.
  const label = (name === "" ? value : name).toLowerCase();
  const hostOnly = label.startsWith("__host-");
  if (!hostOnly && !label.startsWith("__secure-")) return undefined;
  if (name === "" || !secure) return "a prefix without Secure";
  return hostOnly && (domain !== undefined || path !== "/")
    ? "__Host- without Path=/, or with Domain"
    : undefined;
}
