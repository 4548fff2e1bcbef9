import { Pattern } from "../../host/index.js";
/** Bytes that no line may have (RFC 9110 §5.5): all controls but the tab. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = new Pattern(() => /[\0-\x08\x0a-\x1f\x7f]/);

/** What no token may have (RFC 9110 §5.6.2). */
const NOT_TOKEN = new Pattern(() => /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/);

/** Not written as "[^\0-\xff]": measured on XS, a class that excludes NUL matches everything. */
const BEYOND_BYTE = new Pattern(() => /[\u{100}-\u{10ffff}]/u);

export function hasControl(line: string): boolean {
  return CONTROL.regexp.test(line);
}

/** What nearly no value has: to look for this alone finds nearly all that can be sent. */
const UNUSUAL = new Pattern(() => /[^ -~]/);

/** True for what can be sent as the value of a field: no controls, and each character a byte. */
export function isFieldValue(text: string): boolean {
  return !UNUSUAL.regexp.test(text) || (!CONTROL.regexp.test(text) && !BEYOND_BYTE.regexp.test(text));
}

export function isToken(text: string): boolean {
  return text !== "" && !NOT_TOKEN.regexp.test(text);
}

/** What a field's line is looked for with: the end of the line before, the name in lower case, the colon. */
export type FieldKey = `\n${string}:`;

/**
 * The fields of a head or of trailers, as the text they came in: each byte a character, so that positions are bytes.
 * They are looked up by search when somebody asks: a device makes no string for the fields that nobody reads.
 */
export class Fields {
  readonly #text: string;
  /** The same in lower case, which has the same length for characters up to U+00FF. */
  readonly #lower: string;

  /** @param text checked, as `parseFieldSection` describes it */
  constructor(text: string) {
    this.#text = text;
    this.#lower = text.toLowerCase();
  }

  /** True if there is a line with this name, in lower case. */
  has(name: string): boolean {
    return this.#lower.includes(`\n${name}:`);
  }

  /**
   * The value of a field; values of a repeated one are joined by ", " (RFC 9110 §5.3).
   *
   * @param name in lower case
   */
  get(name: string): string | undefined {
    return this.find(`\n${name}:`);
  }

  /** As `get`, for who looks up the same name again and again. */
  find(key: FieldKey): string | undefined {
    const lower = this.#lower;
    let at = lower.indexOf(key);
    if (at < 0) return undefined;
    let value = valueFrom(this.#text, at + key.length);
    while ((at = lower.indexOf(key, at + 1)) >= 0) value += `, ${valueFrom(this.#text, at + key.length)}`;
    return value;
  }

  /** As `get`, in lower case. */
  getLower(name: string): string | undefined {
    return this.get(name)?.toLowerCase();
  }

  /** The values of all lines with this name, in lower case, in their order: for Set-Cookie, which can't be joined. */
  getAll(name: string): string[] {
    return this.entries()
      .filter(([field]) => field.toLowerCase() === name)
      .map(([, value]) => value);
  }

  /** Name and value of each line, as they were sent. */
  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.entries()[Symbol.iterator]();
  }

  private entries(): (readonly [name: string, value: string])[] {
    const lines = this.#text.split("\r\n").slice(1, -2);
    return lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), trimBlanks(line.slice(colon + 1))];
    });
  }
}

/** The rest of a line without the blanks around it. */
function valueFrom(text: string, start: number): string {
  return trimBlanks(text.slice(start, text.indexOf("\r", start)));
}

/** Takes spaces and tabs off both ends (RFC 9110 §5.6.3) of text without other controls, each byte a character. */
export function trimBlanks(line: string): string {
  // Of the rest that String.trim takes away, controls are refused before, and U+00A0 is part of somebody's UTF-8.
  return line.includes("\u00a0") ? trimBesideNoBreakSpace(line) : line.trim();
}

function trimBesideNoBreakSpace(value: string): string {
  const masked = value.replaceAll("\u00a0", "-");
  return value.slice(masked.length - masked.trimStart().length, masked.trimEnd().length);
}
