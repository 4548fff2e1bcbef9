import { isToken } from "./fields.js";

/** "text/html; charset=utf-8" (RFC 9110 §8.3.1). */
export interface MediaType {
  /** "text/html", in lower case. */
  readonly type: string;
  /** By their names in lower case; values as they were written. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parameters that are read of one value; those in use have one or two. */
const MAX_PARAMETERS = 16;

/** Reads a Content-Type, or a range of an Accept field. @returns undefined if it is none */
export function parseMediaType(text: string): MediaType | undefined {
  const end = text.indexOf(";");
  const type = (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
  const slash = type.indexOf("/");
  if (slash < 0 || !isToken(type.slice(0, slash)) || !isToken(type.slice(slash + 1))) return undefined;
  const parameters = parseParameters(end < 0 ? "" : text.slice(end));
  return parameters && { type, parameters };
}

/**
 * Reads `;name=value;other="quoted value"` (RFC 9110 §5.6.6). Of two with one name the first counts.
 *
 * @returns undefined if it is not written so, or if there are more than `MAX_PARAMETERS`
 */
export function parseParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  let rest = text.trim();
  while (rest !== "") {
    if (!rest.startsWith(";") || parameters.size === MAX_PARAMETERS) return undefined;
    rest = rest.slice(1).trimStart();
    if (rest === "" || rest.startsWith(";")) continue;
    const equals = rest.indexOf("=");
    const name = rest.slice(0, equals).toLowerCase();
    if (equals < 0 || !isToken(name)) return undefined;
    rest = rest.slice(equals + 1);
    const end = endOfValue(rest);
    if (end === 0) return undefined;
    if (!parameters.has(name)) parameters.set(name, unquote(rest.slice(0, end)));
    rest = rest.slice(end).trimStart();
  }
  return parameters;
}

/** Where the token or the quoted string ends that the text begins with; 0 if it begins with none. */
function endOfValue(text: string): number {
  if (text.startsWith('"')) return endOfQuoted(text);
  const semicolon = text.indexOf(";");
  const token = (semicolon < 0 ? text : text.slice(0, semicolon)).trimEnd();
  return isToken(token) ? token.length : 0;
}

function endOfQuoted(text: string): number {
  for (let at = 1; ;) {
    const quote = text.indexOf('"', at);
    const escape = text.indexOf("\\", at);
    if (quote < 0) return 0;
    if (escape < 0 || escape > quote) return quote + 1;
    at = escape + 2;
  }
}

/**
 * RFC 9110 §5.6.4 has no need of a backslash but before a quote and a backslash, and browsers write it as it is into the
 * names of files: there it stays.
 */
function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(["\\])/g, "$1");
}
