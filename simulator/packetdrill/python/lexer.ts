import { ScriptError, unsupported, type Location } from "../script-error.js";

export interface PythonToken {
  readonly kind: "number" | "string" | "name" | "operator" | "newline" | "end";
  readonly text: string;
  readonly location: Location;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:[ \t\r]|\\\r?\n|#[^\n]*)+/y;
const NEWLINE = /\n/y;

const RULES: readonly (readonly [PythonToken["kind"], RegExp])[] = [
  ["number", /0[xX][0-9a-fA-F]+|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y],
  ["string", /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y],
  ["name", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["operator", /\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%&|^~<>=(),;:]/y],
];

/** Splits a code block into tokens. Inside of parentheses a line's end means nothing. */
export function tokenizePython(text: string, begin: Location): PythonToken[] {
  const tokens: PythonToken[] = [];
  let depth = 0;
  let at = 0;
  const push = (kind: PythonToken["kind"], end: number): void => {
    tokens.push({ kind, text: text.slice(at, end), location: locate(text, at, begin), start: at, end });
    at = end;
  };
  while (at < text.length) {
    BLANK.lastIndex = at;
    if (BLANK.test(text)) {
      at = BLANK.lastIndex;
      continue;
    }
    NEWLINE.lastIndex = at;
    if (NEWLINE.test(text)) {
      if (depth > 0) at++;
      else push("newline", at + 1);
      continue;
    }
    const [kind, end] = matchAt(text, at, begin);
    if (text[at] === "(") depth++;
    else if (text[at] === ")") depth--;
    push(kind, end);
  }
  push("end", at);
  return tokens;
}

function matchAt(text: string, at: number, begin: Location): readonly [PythonToken["kind"], number] {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    if (rule.test(text)) return [kind, rule.lastIndex];
  }
  const location = locate(text, at, begin);
  if (text[at] === '"' || text[at] === "'") {
    throw new ScriptError(location, "the string that begins here does not end");
  }
  throw unsupported(location, `Python's "${text[at]!}"`);
}

/** @param begin where the code block begins, with its delimiter */
function locate(text: string, at: number, begin: Location): Location {
  const before = text.slice(0, at).split("\n");
  const column = before.at(-1)!.length;
  if (before.length > 1) return { ...begin, line: begin.line + before.length - 1, column: column + 1 };
  return { ...begin, column: begin.column + "%{".length + column };
}
