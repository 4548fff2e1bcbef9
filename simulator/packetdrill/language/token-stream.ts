import { ScriptError, type Location } from "../script-error.js";
import { tokenize, type Token, type TokenKind } from "./lexer.js";

const KIND_NAMES: Readonly<Record<TokenKind, string>> = {
  integer: "a whole number",
  hexadecimal: "a hexadecimal number",
  decimal: "a decimal number",
  word: "a word",
  string: "a string",
  address: "an IPv4 address",
  option: "an option",
  command: "a command in backquotes",
  code: "a code block",
  punctuation: "a sign",
  end: "the end of the script",
};

/** The tokens of a script, taken one after the other by the parsers. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #at = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#tokens = tokenize(text, file);
  }

  get current(): Token {
    return this.#tokens[this.#at]!;
  }

  get location(): Location {
    return this.current.location;
  }

  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  /** True if the current token is this sign or word. */
  is(text: string): boolean {
    const { kind, text: current } = this.current;
    return (kind === "punctuation" || kind === "word") && current === text;
  }

  isKind(kind: TokenKind): boolean {
    return this.current.kind === kind;
  }

  /** Takes the current token if it is this sign or word. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  /** Takes this sign or word. @param what names it for the reader of an error */
  expect(text: string, what = `"${text}"`): Token {
    if (!this.is(text)) throw this.expected(what);
    return this.next();
  }

  expectKind(kind: TokenKind, what = KIND_NAMES[kind]): Token {
    if (!this.isKind(kind)) throw this.expected(what);
    return this.next();
  }

  /** Takes a whole number in decimal. @throws ScriptError also if it is outside of the range */
  expectInteger(what: string, minimum: number, maximum: number): number {
    const token = this.expectKind("integer", what);
    const value = Number(token.text);
    if (value < minimum || value > maximum) {
      throw new ScriptError(token.location, `${what} is from ${minimum} to ${maximum}, not ${token.text}`);
    }
    return value;
  }

  /** An error that says what should have come. */
  expected(what: string): ScriptError {
    return new ScriptError(this.location, `expected ${what}, found ${describe(this.current)}`);
  }

  /** The script's text from one token up to the current one, on one line. */
  textSince(token: Token): string {
    const last = this.#tokens[this.#at - 1];
    return this.#text.slice(token.start, last?.end ?? token.end).replace(/\s+/g, " ");
  }
}

function describe({ kind, text }: Token): string {
  switch (kind) {
    case "end":
    case "code":
    case "command":
      return KIND_NAMES[kind];
    case "string":
      return `the string "${text}"`;
    default:
      return `"${text}"`;
  }
}
