import { Pattern } from "../../host/index.js";
import { percentDecode, percentEncode } from "./percent-encoding.js";

/** Characters that are written as %XX; a space is written as "+" (WHATWG URL §5.2). */
const NOT_FORM = new Pattern(() => /[^*\-._0-9A-Za-z]/);

/**
 * Reads "name=value&other=a+b", as the web does (WHATWG URL §5.1): nothing is malformed.
 *
 * @param limit names and values that are read; what comes behind them is left out
 */
export function parseUrlEncoded(text: string, limit: number): [name: string, value: string][] {
  const entries: [string, string][] = [];
  for (const piece of text.split("&")) {
    if (piece === "") continue;
    if (entries.length === limit) break;
    const equals = piece.indexOf("=");
    const name = equals < 0 ? piece : piece.slice(0, equals);
    entries.push([decode(name), equals < 0 ? "" : decode(piece.slice(equals + 1))]);
  }
  return entries;
}

/**
 * Writes a form, or a query, as application/x-www-form-urlencoded.
 *
 * @example
 * client.request(url, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" },
 *   body: formatUrlEncoded({ name: "Ada Lovelace", born: "1815" }) });
 */
export function formatUrlEncoded(
  entries: Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>,
): string {
  const list = Symbol.iterator in entries ? [...entries] : Object.entries(entries);
  return list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function decode(text: string): string {
  return percentDecode(text.replaceAll("+", " "));
}

function encode(text: string): string {
  return percentEncode(text, NOT_FORM.regexp).replaceAll("%20", "+");
}
