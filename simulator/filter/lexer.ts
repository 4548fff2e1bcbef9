import { FilterError } from "./filter-error.js";

/** Nobody types more; a page that is sent a longer one need not read it. */
export const LONGEST_FILTER = 4_096;

export interface Token {
  /** "end" stands behind the last one. */
  readonly kind: "word" | "string" | "sign" | "end";
  /** Of a string, what is between its quotes. */
  readonly text: string;
  /** Where it begins, in characters. */
  readonly at: number;
}

/** Names, numbers, addresses, times: what needs no quotes. */
const WORD = /[\w.:/-]+/y;
const SIGN = /&&|\|\||==|!=|<=|>=|[!<>(){},~]/y;
const STRING = /"((?:[^"\\]|\\.)*)"/y;
const SPACE = /\s+/y;

/** @throws FilterError */
export function tokensOf(text: string): Token[] {
  if (text.length > LONGEST_FILTER) {
    const reason = `a filter has at most ${LONGEST_FILTER} characters, not ${text.length}`;
    throw new FilterError(reason, text, LONGEST_FILTER);
  }
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const space = take(SPACE);
    const word = space ?? take(WORD);
    const string = word ?? take(STRING);
    const found = string ?? take(SIGN);
    if (found === null) throw new FilterError(complaintAbout(text.charAt(at)), text, at);
    const kind = word !== null ? "word" : string !== null ? "string" : "sign";
    if (space === null) tokens.push({ kind, text: kind === "string" ? unescape(found[1]!) : found[0], at });
    at += found[0].length;
  }
  tokens.push({ kind: "end", text: "", at });
  return tokens;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}

function complaintAbout(character: string): string {
  if (character === '"') return 'a string ends with "';
  if (character === "'") return "a string stands between \", not between '";
  if (character === "=") return 'equality is "=="';
  if (character === "&" || character === "|") return `"${character}${character}" joins two conditions`;
  return `"${character}" means nothing here`;
}
