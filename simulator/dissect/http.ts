import { readText } from "./branch.js";
import { field, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

/** How much of a segment is searched for the end of the first line: servers refuse longer ones. */
const LONGEST_LINE = 8192;

const CR = 0x0d;
const LF = 0x0a;

export const HTTP_FIELDS = Object.freeze({
  http: protocol("Hypertext Transfer Protocol"),
  "http.request": field("flag", "Request"),
  "http.response": field("flag", "Response"),
  "http.request.method": field("text", "Request Method"),
  "http.request.uri": field("text", "Request URI"),
  "http.request.version": field("text", "Request Version"),
  "http.response.version": field("text", "Response Version"),
  "http.response.code": number("Status Code"),
  "http.response.phrase": field("text", "Response Phrase"),
  "http.request.line": field("text", "Field"),
  "http.response.line": field("text", "Field"),
  "http.host": field("text", "Host"),
  "http.user_agent": field("text", "User-Agent"),
  "http.accept": field("text", "Accept"),
  "http.connection": field("text", "Connection"),
  "http.content_type": field("text", "Content-Type"),
  "http.content_length_header": field("text", "Content-Length"),
  "http.transfer_encoding": field("text", "Transfer-Encoding"),
  "http.server": field("text", "Server"),
  "http.date": field("text", "Date"),
  "http.location": field("text", "Location"),
  "http.cookie": field("text", "Cookie"),
  "http.set_cookie": field("text", "Set-Cookie"),
  "http.authorization": field("text", "Authorization"),
  "http.cache_control": field("text", "Cache-Control"),
  "http.file_data": field("bytes", "Body"),
});

type HttpName = keyof typeof HTTP_FIELDS;

/** Fields of the head that have a name of their own. */
const FIELDS: Readonly<Record<string, HttpName>> = Object.freeze({
  host: "http.host",
  "user-agent": "http.user_agent",
  accept: "http.accept",
  connection: "http.connection",
  "content-type": "http.content_type",
  "content-length": "http.content_length_header",
  "transfer-encoding": "http.transfer_encoding",
  server: "http.server",
  date: "http.date",
  location: "http.location",
  cookie: "http.cookie",
  "set-cookie": "http.set_cookie",
  authorization: "http.authorization",
  "cache-control": "http.cache_control",
});

const REQUEST = /^([A-Z]+) (\S+) (HTTP\/\d\.\d)$/;
const RESPONSE = /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/;

/**
 * The head of an HTTP/1 message (RFC 9112 §2.1), if the segment begins with one; as much of it as is there.
 * @returns false if it does not
 */
export function dissectHttp(scope: Scope): boolean {
  const { at, columns } = scope;
  const line = readLine(scope, at);
  if (line === undefined) return false;
  const request = REQUEST.exec(line.text);
  const response = RESPONSE.exec(line.text);
  if (request === null && response === null) return false;
  const layer = scope.layer(HTTP_FIELDS, "http", scope.length);
  columns.protocol = "HTTP";
  columns.summary = layer.text = line.text;
  if (request !== null) {
    const [, method = "", uri = "", version = ""] = request;
    layer.add("http.request", at, line.length, true);
    layer.add("http.request.method", at, method.length, method);
    layer.add("http.request.uri", at + method.length + 1, uri.length, uri);
    layer.add("http.request.version", at + method.length + uri.length + 2, version.length, version);
  } else if (response !== null) {
    const [, version = "", code = "", phrase = ""] = response;
    layer.add("http.response", at, line.length, true);
    layer.add("http.response.version", at, version.length, version);
    layer.add("http.response.code", at + version.length + 1, code.length, Number(code));
    layer.add("http.response.phrase", at + version.length + code.length + 2, phrase.length, phrase);
  }
  const lineName = request === null ? "http.response.line" : "http.request.line";
  for (let next = at + line.length; ;) {
    const header = readLine(scope, next);
    if (header === undefined) return true;
    if (header.text === "") {
      const body = next + header.length;
      if (body < scope.end) layer.add("http.file_data", body, scope.end - body);
      return true;
    }
    const branch = layer.add(lineName, next, header.length, header.text);
    const colon = header.text.indexOf(":");
    const name = FIELDS[header.text.slice(0, colon).toLowerCase()];
    const value = header.text.slice(colon + 1).trim();
    if (colon > 0 && name !== undefined) {
      const begin = next + colon + 1;
      branch.add(name, begin, next + header.length - begin, value);
      if (name === "http.content_type" && response !== null) columns.summary += `  (${value.split(";")[0]})`;
    }
    next += header.length;
  }
}

interface Line {
  /** Without its end. */
  readonly text: string;
  /** With its end. */
  readonly length: number;
}

/** The line that begins at `at`; undefined if its end is not in the segment. */
function readLine({ bytes, end }: Scope, at: number): Line | undefined {
  const last = Math.min(end, at + LONGEST_LINE);
  for (let index = at; index < last; index++) {
    if (bytes[index] !== LF) continue;
    const stop = index > at && bytes[index - 1] === CR ? index - 1 : index;
    return { text: readText(bytes.subarray(at, stop)), length: index + 1 - at };
  }
  return undefined;
}
