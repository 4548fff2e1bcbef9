import { NetworkError } from "../../error/index.js";
import { encodeLatin1 } from "../../host/index.js";
import { isFieldValue, isToken } from "../message/fields.js";

/** Fields of a request: by name, or as pairs where order or repetition matters. Each character is a byte, up to U+00FF. */
export type RequestFields =
  Readonly<Record<string, string | readonly string[]>> | Iterable<readonly [name: string, value: string]>;

/** A field as it is sent. */
export interface RequestField {
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  readonly value: string;
}

/** Fields that say where a message ends and what becomes of the connection: the client's own business. */
const OWN_FIELDS: readonly string[] = Object.freeze([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @throws NetworkError EINVAL for a name that is no token, a value with control characters, a field that is the client's own */
export function requestFields(fields: RequestFields | undefined): readonly RequestField[] {
  if (fields === undefined) return [];
  const list: RequestField[] = [];
  for (const [name, value] of Symbol.iterator in fields ? fields : Object.entries(fields))
    for (const each of typeof value === "string" ? [value] : value) list.push(requestField(name, each));
  return list;
}

function requestField(name: string, value: string): RequestField {
  const key = name.toLowerCase();
  if (!isToken(name)) throw new NetworkError("EINVAL", "set header", name, "its name is no token");
  if (OWN_FIELDS.includes(key))
    throw new NetworkError("EINVAL", "set header", name, "the client sets it itself");
  if (!isFieldValue(value))
    throw new NetworkError("EINVAL", "set header", name, "its value has a character that is not to be sent");
  return { name, key, value };
}

/** @throws NetworkError EINVAL */
export function checkMethod(method: string): void {
  if (!isToken(method)) throw new NetworkError("EINVAL", "request", method, "the method is no token");
  if (method === "CONNECT")
    throw new NetworkError("EINVAL", "request", method, "a tunnel is opened with `tunnel`");
}

/** The bytes of a head. @param fields in their order; Host is to be the first (RFC 9110 §7.2) */
export function formatRequestHead(
  method: string,
  target: string,
  fields: readonly (readonly [name: string, value: string])[],
): Uint8Array {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  text += "\r\n";
  // Not UTF-8: what a cookie was received as, it is sent as.
  return encodeLatin1(text);
}
