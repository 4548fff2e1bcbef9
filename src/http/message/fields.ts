import { badRequest, Refusal } from "./refusal.js";

/**
 * Bytes that no line of a head may have (RFC 9110 §5.5): all controls but the tab. CR and LF among them: what is left
 * of those when the lines have been cut at CRLF stood alone (RFC 9112 §2.2).
 *
 * These expressions match one character, never a repetition: XS keeps a state for each repetition, which an
 * attacker's long line would multiply.
 */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** What no token may have (RFC 9110 §5.6.2). */
const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

export function hasControl(line: string): boolean {
  return CONTROL.test(line);
}

export function isToken(text: string): boolean {
  return text !== "" && !NOT_TOKEN.test(text);
}

/**
 * The fields of a head, as the text they came in: each byte a character, so that positions are bytes. They are looked
 * up by search when somebody asks: a device makes no string for the fields that nobody reads.
 */
export class Fields {
  readonly #text: string;
  /** The same in lower case, which has the same length for characters up to U+00FF. */
  readonly #lower: string;

  /** @param text CRLF before each line, and at the end an empty line; checked, see `parseFieldSection` */
  constructor(text: string) {
    this.#text = text;
    this.#lower = text.toLowerCase();
  }

  /**
   * The value of a field; values of a repeated one are joined by ", " (RFC 9110 §5.3).
   *
   * @param name in lower case
   */
  get(name: string): string | undefined {
    return this.#join(this.#text, name);
  }

  /** As `get`, in lower case. */
  getLower(name: string): string | undefined {
    return this.#join(this.#lower, name);
  }

  /** True if there is a line with this name, in lower case. */
  has(name: string): boolean {
    return this.#lower.includes(`\r\n${name}:`);
  }

  /** The values of all lines with this name, in lower case, in their order: for Set-Cookie, which can't be joined. */
  getAll(name: string): string[] {
    return this.#entries()
      .filter(([field]) => field.toLowerCase() === name)
      .map(([, value]) => value);
  }

  /** Name and value of each line, as they were sent. */
  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.#entries()[Symbol.iterator]();
  }

  /** True if there is more than one line with this name, in lower case. */
  isRepeated(name: string): boolean {
    const key = `\r\n${name}:`;
    const first = this.#lower.indexOf(key);
    return first >= 0 && this.#lower.includes(key, first + 1);
  }

  #entries(): (readonly [name: string, value: string])[] {
    const entries: [string, string][] = [];
    let start = 2;
    for (;;) {
      const end = this.#text.indexOf("\r\n", start);
      if (end === start) return entries;
      const line = this.#text.slice(start, end);
      const colon = line.indexOf(":");
      entries.push([line.slice(0, colon), trimBlanks(line.slice(colon + 1))]);
      start = end + 2;
    }
  }

  #join(text: string, name: string): string | undefined {
    const key = `\r\n${name}:`;
    let value: string | undefined;
    for (let at = this.#lower.indexOf(key); at >= 0; at = this.#lower.indexOf(key, at + 1)) {
      const start = text.indexOf(":", at) + 1;
      const line = trimBlanks(text.slice(start, text.indexOf("\r\n", start)));
      value = value === undefined ? line : `${value}, ${line}`;
    }
    return value;
  }
}

/**
 * Reads a field section, of a head or of trailers.
 *
 * @param text as for `Fields`
 * @param limit how many lines there may be
 */
export function parseFieldSection(text: string, limit: number): Fields | Refusal {
  return checkFields(text, limit) ?? new Fields(text);
}

/**
 * Checks all lines of a field section: token, colon, value without controls. An obsolete line folding and a blank
 * before the colon fail with the name (RFC 9112 §5.1, §5.2).
 *
 * @param text as for `Fields`
 */
function checkFields(text: string, limit: number): Refusal | undefined {
  let start = 2;
  for (let count = 0; ; count++) {
    const end = text.indexOf("\r\n", start);
    if (end === start) return undefined;
    if (count === limit) return new Refusal(431, `more than ${limit} fields`);
    const line = text.slice(start, end);
    if (hasControl(line)) return badRequest("a control character in a field");
    const colon = line.indexOf(":");
    if (colon < 0 || !isToken(line.slice(0, colon))) return badRequest("a field without a valid name");
    start = end + 2;
  }
}

/** Takes spaces and tabs off both ends (RFC 9110 §5.6.3) of text without other controls, each byte a character. */
export function trimBlanks(line: string): string {
  // Of the rest that String.trim takes away, controls are refused before, and U+00A0 is part of somebody's UTF-8.
  if (!line.includes("\u00a0")) return line.trim();
  const masked = line.replaceAll("\u00a0", "-");
  return line.slice(masked.length - masked.trimStart().length, masked.trimEnd().length);
}
