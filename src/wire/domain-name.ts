/** Domain names as DNS writes them (RFC 1035 §3.1): labels with their lengths, and 0 for the root behind them. */
import { NetworkError } from "../error/index.js";

/** RFC 1035 §2.3.4. Both in bytes, a label without its length, a name with the lengths of its labels and the root. */
const MAX_LABEL = 63;
const MAX_NAME = 255;

/** A length with these bits is a pointer (RFC 1035 §4.1.4): its other 14 are where the name goes on. */
const POINTER = 0xc0;
const MAX_POINTER = 0x3fff;

const SPACE = 0x20;
const DOT = 0x2e;
const TILDE = 0x7e;

/** A name that was read. */
export interface DomainName {
  /** Labels with dots between; the root is "". */
  readonly text: string;
  /** Where the next name begins. */
  readonly end: number;
}

/**
 * Reads the name at `start`, which pointers may have go on anywhere before.
 * @returns undefined if it is cut off, too long, points ahead or in a circle, or has a label that cannot be told from
 *   others in text: with a dot, a space or what cannot be printed
 */
export function readDomainName(bytes: Uint8Array, start: number): DomainName | undefined {
  let text = "";
  let length = 1;
  let at = start;
  let end = 0;
  /** Each pointer must lead back behind all that was read so far: so there is no circle, and no pointer is read twice. */
  let earliest = start;
  while (at < bytes.length) {
    const octet = bytes[at++]!;
    if (octet === 0) return { text, end: end || at };
    if (octet >= POINTER) {
      if (at === bytes.length) return undefined;
      const target = ((octet & ~POINTER) << 8) | bytes[at++]!;
      if (target >= earliest) return undefined;
      end ||= at;
      at = earliest = target;
      continue;
    }
    length += 1 + octet;
    if (octet > MAX_LABEL || length > MAX_NAME || at + octet > bytes.length) return undefined;
    if (text !== "") text += ".";
    for (const last = at + octet; at < last; at++) {
      if (!belongsToLabel(bytes[at]!)) return undefined;
      text += String.fromCharCode(bytes[at]!);
    }
  }
  return undefined;
}

/**
 * Appends a name to `bytes`.
 * @param text labels with dots between; "" is the root
 * @param suffixes where the names before it, and their ends, begin: what is among them becomes a pointer, and what is
 *   not is added. Without it the name is written whole.
 * @throws NetworkError EINVAL
 */
export function appendDomainName(bytes: number[], text: string, suffixes?: Map<string, number>): void {
  // Each label has its length where text has a dot, or nothing before the first one; the root is behind the last.
  if (Array.from(text).length + 2 > MAX_NAME) throw invalid(text, `more than ${MAX_NAME} bytes`);
  let rest = text;
  while (rest !== "") {
    const pointer = suffixes?.get(rest);
    if (pointer !== undefined) {
      bytes.push(POINTER | (pointer >>> 8), pointer & 0xff);
      return;
    }
    if (bytes.length <= MAX_POINTER) suffixes?.set(rest, bytes.length);
    const dot = rest.indexOf(".");
    appendLabel(bytes, dot < 0 ? rest : rest.slice(0, dot), text);
    rest = dot < 0 ? "" : rest.slice(dot + 1);
    if (dot >= 0 && rest === "") throw invalid(text, "a dot at the end");
  }
  bytes.push(0);
}

function appendLabel(bytes: number[], label: string, name: string): void {
  const lengthAt = bytes.push(0) - 1;
  for (const character of label) {
    const code = character.codePointAt(0)!;
    if (!belongsToLabel(code)) throw invalid(name, `"${character}" in a label`);
    bytes.push(code);
  }
  const length = bytes.length - lengthAt - 1;
  if (length === 0 || length > MAX_LABEL) throw invalid(name, `a label of ${length} bytes`);
  bytes[lengthAt] = length;
}

function belongsToLabel(code: number): boolean {
  return code > SPACE && code <= TILDE && code !== DOT;
}

function invalid(name: string, detail: string): NetworkError {
  return new NetworkError("EINVAL", "write domain name", name, detail);
}
