import { Pattern } from "../../host/index.js";
import { parseFieldSection } from "../message/field-section.js";
import { hasControl, type Fields } from "../message/fields.js";
import { Refusal } from "../message/refusal.js";

/** How a response's body is delimited: a number of bytes, chunks, or the end of the connection (RFC 9112 §6.3). */
export type ResponseFraming = number | "chunked" | "close";

/** The head of a response, checked. */
export interface ResponseHead {
  readonly status: number;
  /** What the server says of it in words; it may be empty. */
  readonly statusText: string;
  /** Whether the server speaks HTTP/1.0 or 1.1; a later 1.x counts as 1.1 (RFC 9110 §2.5). */
  readonly minorVersion: 0 | 1;
  readonly fields: Fields;
  readonly framing: ResponseFraming;
  /** True if the connection can be used again once the body is read. */
  readonly keepAlive: boolean;
}

/** Why a response can't be understood: "EPROTO" if it breaks the rules, "EMSGSIZE" if it goes beyond a limit. */
export class ResponseFault {
  constructor(
    readonly code: "EPROTO" | "EMSGSIZE" | "ECONNABORTED",
    readonly detail: string,
  ) {}

  /** The parts that client and server share refuse as a server has to. */
  static from({ status, detail }: Refusal): ResponseFault {
    return new ResponseFault(status === 400 ? "EPROTO" : "EMSGSIZE", detail);
  }
}

const STATUS = new Pattern(() => /^[1-9][0-9][0-9]$/);
const DIGIT = new Pattern(() => /^[0-9]$/);
const NOT_DIGIT = new Pattern(() => /[^0-9]/);
const FOLD = new Pattern(() => /\r\n[ \t]/);

/** Digits of a Content-Length: what a double holds exactly. */
const MAX_LENGTH_DIGITS = 15;

/**
 * Reads a response's head. It is lenient only where the RFC asks that of a user agent: whatever two readers could take for
 * different responses is refused (RFC 9112 §11.1).
 *
 * @param text the head, each byte a character, with the empty line that ends it
 * @param method of the request: it decides whether there is a body
 * @param fieldLimit how many field lines there may be
 */
export function parseResponseHead(
  text: string,
  method: string,
  fieldLimit: number,
): ResponseHead | ResponseFault {
  const end = text.indexOf("\r\n");
  const line = text.slice(0, end);
  const minor = line.slice(7, 8);
  const status = line.slice(9, 12);
  const separator = line.slice(12, 13);
  if (!line.startsWith("HTTP/")) return fault("it is not HTTP");
  if (!line.startsWith("HTTP/1.") || !DIGIT.regexp.test(minor))
    return fault("another version of HTTP than 1.x");
  // RFC 9112 §4: the space behind the status is there even without a phrase; many leave it out.
  const isCut =
    line.slice(8, 9) !== " " || !STATUS.regexp.test(status) || (separator !== "" && separator !== " ");
  if (isCut || hasControl(line)) return fault("a malformed status line");

  const section = unfold(text.slice(end));
  if (section === undefined) return fault("a blank in front of the first field");
  const fields = parseFieldSection(section, fieldLimit);
  if (fields instanceof Refusal) return ResponseFault.from(fields);
  const minorVersion = minor === "0" ? 0 : 1;
  const framing = parseFraming(Number(status), method, fields, minorVersion);
  if (framing instanceof ResponseFault) return framing;
  return {
    status: Number(status),
    statusText: line.slice(13),
    minorVersion,
    fields,
    framing,
    keepAlive: framing !== "close" && staysOpen(fields.getLower("connection"), minorVersion),
  };
}

/** RFC 9112 §5.2: a user agent reads an obsolete line folding as a space. @returns undefined where there is no line to fold */
function unfold(section: string): string | undefined {
  if (!FOLD.regexp.test(section)) return section;
  if (FOLD.regexp.test(section.slice(0, 3))) return undefined;
  return section.replaceAll("\r\n ", " ").replaceAll("\r\n\t", " ");
}

/** RFC 9112 §6.3, in its order. */
function parseFraming(
  status: number,
  method: string,
  fields: Fields,
  minorVersion: 0 | 1,
): ResponseFraming | ResponseFault {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return 0;
  if (method === "CONNECT" && status < 300) return 0;
  const coding = fields.getLower("transfer-encoding");
  const length = fields.get("content-length");
  if (coding !== undefined) {
    // Both together ought to be handled as an error; with HTTP/1.0 the framing counts as faulty (§6.1).
    if (length !== undefined) return fault("both Transfer-Encoding and Content-Length");
    if (minorVersion === 0) return fault("Transfer-Encoding in HTTP/1.0");
    // Others were not asked for by a TE field (RFC 9110 §10.1.4).
    return coding === "chunked" ? "chunked" : fault("another transfer coding than chunked");
  }
  return length === undefined ? "close" : parseLength(length);
}

/** RFC 9110 §8.6: the same number several times is that number. */
function parseLength(text: string): number | ResponseFault {
  const values = text.split(",").map((value) => value.trim());
  const [first = ""] = values;
  const isNumber = first !== "" && !NOT_DIGIT.regexp.test(first) && first.length <= MAX_LENGTH_DIGITS;
  if (isNumber && values.every((value) => value === first)) return Number(first);
  return fault(values.length > 1 ? "conflicting Content-Length fields" : "a malformed Content-Length");
}

function staysOpen(connection: string | undefined, minorVersion: 0 | 1): boolean {
  const options = connection?.split(",").map((option) => option.trim()) ?? [];
  return !options.includes("close") && (minorVersion === 1 || options.includes("keep-alive"));
}

function fault(detail: string): ResponseFault {
  return new ResponseFault("EPROTO", detail);
}
