import { ScriptError, type Location } from "../script-error.js";

export type TokenKind =
  | "integer"
  | "hexadecimal"
  | "decimal"
  | "word"
  | "string"
  | "address"
  | "option"
  | "command"
  | "code"
  | "punctuation"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the script; of a string, a command or a code block, what stands between the delimiters. */
  readonly text: string;
  readonly location: Location;
  /** Where it begins and ends in the script, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** What is skipped. */
const BLANK = /(?:[ \t\r\n]|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/y;

/** The first that matches wins. A group, where there is one, is the token's text. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ["code", /%\{([\s\S]*?)\}%/y],
  ["command", /`((?:[^`\\]|\\[\s\S])*)`/y],
  ["string", /"((?:[^"\\]|\\[\s\S])*)"/y],
  ["option", /--[A-Za-z0-9_]+(?:=(?:"[^"\n]*"|[^\s"]*))?/y],
  ["address", /\d+\.\d+\.\d+\.\d+/y],
  ["punctuation", /\.\.\./y],
  ["hexadecimal", /0x[0-9a-fA-F]+(?![A-Za-z0-9_])/y],
  ["decimal", /-?\d*\.\d+/y],
  ["integer", /-?\d+(?![A-Za-z0-9_])/y],
  ["word", /[A-Za-z0-9_]+/y],
  ["punctuation", /[^\s]/y],
];

/** What an opening delimiter without its closing one would have been. */
const UNCLOSED: readonly (readonly [string, string])[] = [
  ["%{", "code block"],
  ["`", "command"],
  ['"', "string"],
  ["/*", "comment"],
];

/**
 * Splits a script into tokens; the last is of kind "end".
 * @throws ScriptError for a string, command, comment or code block that does not end
 */
export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  const locate = (): Location => ({ file, line, column: at - lineStart + 1 });
  const moveTo = (end: number): void => {
    for (let next = text.indexOf("\n", at); next >= 0 && next < end; next = text.indexOf("\n", next + 1)) {
      line++;
      lineStart = next + 1;
    }
    at = end;
  };
  for (;;) {
    BLANK.lastIndex = at;
    if (BLANK.test(text)) moveTo(BLANK.lastIndex);
    const location = locate();
    if (at === text.length) {
      tokens.push({ kind: "end", text: "", location, start: at, end: at });
      return tokens;
    }
    const unclosed = UNCLOSED.find(([delimiter]) => text.startsWith(delimiter, at));
    const [kind, match] = matchAt(text, at);
    if (unclosed !== undefined && kind === "punctuation") {
      throw new ScriptError(location, `the ${unclosed[1]} that begins here does not end`);
    }
    const end = at + match[0].length;
    tokens.push({ kind, text: match[1] ?? match[0], location, start: at, end });
    moveTo(end);
  }
}

function matchAt(text: string, at: number): readonly [TokenKind, RegExpExecArray] {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const match = rule.exec(text);
    if (match !== null) return [kind, match];
  }
  throw new RangeError(`no token begins at ${at}`);
}
