import { hasControl, trimBlanks } from "../message/fields.js";

/** Cookies taken from one request: RFC 6265bis §6.1 asks clients to keep 50 for a host, more is somebody's mischief. */
export const MAX_COOKIES = 50;

/**
 * Reads a Cookie field (RFC 6265bis §4.2). Values stay as they are: quotes are part of them (§4.1.1), and what a server
 * has encoded it decodes. Of cookies with one name the first counts, which clients send for the longest path (§5.8.3).
 *
 * @param field each byte a character
 * @returns values by name; a cookie without a name has the name ""
 */
export function parseCookies(field: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  if (hasControl(field)) return cookies;
  let start = 0;
  while (start >= 0 && cookies.size < MAX_COOKIES) {
    const semicolon = field.indexOf(";", start);
    const pair = semicolon < 0 ? field.slice(start) : field.slice(start, semicolon);
    const [name, value] = splitPair(pair);
    if ((name !== "" || value !== "") && !cookies.has(name)) cookies.set(name, value);
    start = semicolon < 0 ? -1 : semicolon + 1;
  }
  return cookies;
}

/** What stands on either side of the first "=", without blanks around; what has none is all value (RFC 6265bis §5.6). */
export function splitPair(pair: string): readonly [name: string, value: string] {
  const equals = pair.indexOf("=");
  if (equals < 0) return ["", trimBlanks(pair)];
  return [trimBlanks(pair.slice(0, equals)), trimBlanks(pair.slice(equals + 1))];
}
