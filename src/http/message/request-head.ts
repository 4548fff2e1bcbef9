import { Pattern } from "../../host/index.js";
import { parseFieldSection } from "./field-section.js";
import { hasControl, isToken, trimBlanks, type FieldKey, type Fields } from "./fields.js";
import type { RequestLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";
import { isAuthority, parseRequestTarget, splitPath, type RequestTarget } from "./request-target.js";

/** How a request's body is delimited: a number of bytes, or chunks (RFC 9112 §6.3). */
export type BodyFraming = number | "chunked";

/** The head of a request, checked. */
export interface RequestHead {
  readonly method: string;
  /** As it stands in the request line. */
  readonly rawTarget: string;
  readonly target: RequestTarget;
  /** Whether the client speaks HTTP/1.0 or 1.1; a later 1.x counts as 1.1 (RFC 9110 §2.5). */
  readonly minorVersion: 0 | 1;
  readonly fields: Fields;
  readonly framing: BodyFraming;
  /** True if the client wants the connection kept. */
  readonly keepAlive: boolean;
  /** True if the client waits for "100 Continue" before it sends the body. */
  readonly expectsContinue: boolean;
  /** The protocols that the client would go over to, as it names them; undefined if none (RFC 9110 §7.8). */
  readonly upgrade: string | undefined;
}

/**
 * The request line of nearly all requests, wholly checked: a token, a path of visible ASCII without a fragment,
 * HTTP/1.1. The repetitions are lazy, for which XS keeps one state instead of one for each character.
 */
const USUAL_LINE = new Pattern(() => /^(?!CONNECT )[!#$%&'*+\-.^_`|~0-9A-Za-z]+? \/[!"$-~]*? HTTP\/1\.1\r\n/);

const NOT_DIGIT = new Pattern(() => /[^0-9]/);

/** Digits of a Content-Length: what a double holds exactly. */
const MAX_LENGTH_DIGITS = 15;

const CONNECTION: FieldKey = "\nconnection:";
const CONTENT_LENGTH: FieldKey = "\ncontent-length:";
const EXPECT: FieldKey = "\nexpect:";
const HOST: FieldKey = "\nhost:";
const TRANSFER_ENCODING: FieldKey = "\ntransfer-encoding:";

const NO_OPTIONS: readonly string[] = Object.freeze([]);

/**
 * Reads a request's head, strictly: whatever two servers might read in two ways is refused (RFC 9112 §11.2).
 *
 * @param text the head, each byte a character, with the empty line that ends it
 */
export function parseRequestHead(text: string, limits: RequestLimits): RequestHead | Refusal {
  const isUsual = USUAL_LINE.regexp.test(text);
  const first = text.indexOf(" ");
  const end = isUsual ? 0 : text.indexOf("\r\n");
  const control = isUsual ? undefined : checkLine(text.slice(0, end));
  if (control !== undefined) return control;
  const last = isUsual ? text.indexOf(" ", first + 1) : text.lastIndexOf(" ", end);
  if (last <= first) return badRequest("a malformed request line");
  const minorVersion = isUsual ? 1 : parseVersion(text.slice(last + 1, end));
  if (typeof minorVersion === "object") return minorVersion;
  const method = text.slice(0, first);
  if (!isUsual && !isToken(method)) return badRequest("a malformed method");
  const rawTarget = text.slice(first + 1, last);
  const target = isUsual ? splitPath(rawTarget, undefined) : parseRequestTarget(method, rawTarget);
  if (target === undefined) return badRequest("a malformed request target");

  const fields = parseFieldSection(text, limits.fields);
  if (fields instanceof Refusal) return fields;
  const host = fields.find(HOST);
  if (host === undefined ? minorVersion === 1 : !isAuthority(host)) {
    return badRequest(host === undefined ? "no Host field" : "an empty, malformed or repeated Host field");
  }
  const framing = parseFraming(fields, minorVersion);
  if (typeof framing === "object") return framing;
  // It could be a part of what is to be tunnelled, too (RFC 9110 §9.3.6).
  if (method === "CONNECT" && framing !== 0) return badRequest("CONNECT with a body");
  // Without a body there is nothing to wait with, and a server may pass over what it does not know (RFC 9110 §10.1.1).
  const expectation = framing !== 0 && minorVersion === 1 ? fields.find(EXPECT)?.toLowerCase() : undefined;
  if (expectation !== undefined && expectation !== "100-continue") {
    return new Refusal(417, "only 100-continue can be expected");
  }
  const connection = fields.find(CONNECTION)?.toLowerCase();
  // Nearly all say this, if anything; others may list several options (RFC 9110 §7.6.1).
  const isPlain = connection === undefined || connection === "keep-alive";
  const options = isPlain ? NO_OPTIONS : connection.split(",").map(trimBlanks);
  const keepAlive = isPlain ? connection !== undefined : options.includes("keep-alive");
  const upgrades = !isPlain && minorVersion === 1 && options.includes("upgrade");
  return {
    method,
    rawTarget,
    target,
    minorVersion,
    fields,
    framing,
    keepAlive: (keepAlive || minorVersion === 1) && (isPlain || !options.includes("close")),
    expectsContinue: expectation !== undefined,
    upgrade: upgrades ? fields.get("upgrade") || undefined : undefined,
  };
}

/** Says of a request line, or what has come of it, that it is none. @param line without its line end */
export function checkLine(line: string): Refusal | undefined {
  return hasControl(line) ? badRequest("a control character in the request line") : undefined;
}

function parseVersion(text: string): 0 | 1 | Refusal {
  if (text === "HTTP/1.1") return 1;
  if (text === "HTTP/1.0") return 0;
  const major = text.slice(5, 6);
  const dot = text.slice(6, 7);
  const minor = text.slice(7);
  const digits = major !== "" && minor !== "" && !NOT_DIGIT.regexp.test(major + minor);
  if (!text.startsWith("HTTP/") || dot !== "." || !digits || minor.length > 1) {
    return badRequest("a malformed HTTP version");
  }
  return major === "1" ? 1 : new Refusal(505, `HTTP/${major} is not spoken here`);
}

/** RFC 9112 §6.1 to §6.3, with every choice that the RFC leaves made for refusal. */
function parseFraming(fields: Fields, minorVersion: 0 | 1): BodyFraming | Refusal {
  const length = fields.find(CONTENT_LENGTH);
  const coding = fields.find(TRANSFER_ENCODING)?.toLowerCase();
  if (coding === undefined) return length === undefined ? 0 : parseLength(length);
  if (length !== undefined) return badRequest("both Transfer-Encoding and Content-Length");
  if (minorVersion === 0) return badRequest("Transfer-Encoding in HTTP/1.0");
  if (coding === "chunked") return "chunked";
  const codings = coding.split(",").map(trimBlanks);
  if (codings.indexOf("chunked") !== codings.length - 1) return badRequest("a body that is not chunked last");
  return new Refusal(501, "no transfer coding but chunked");
}

/** A number and nothing else; several fields or a list have a comma (RFC 9110 §8.6). */
function parseLength(digits: string): number | Refusal {
  if (digits === "" || NOT_DIGIT.regexp.test(digits) || digits.length > MAX_LENGTH_DIGITS) {
    return badRequest("a malformed or repeated Content-Length");
  }
  return Number(digits);
}
