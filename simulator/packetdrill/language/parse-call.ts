import { ScriptError } from "../script-error.js";
import type { Call, Expression, Field } from "./ast.js";
import type { TokenStream } from "./token-stream.js";

/** How deep structures and lists may stand in each other. */
const MAX_DEPTH = 32;

/** Parses `name(arguments) = result ERRNO (what it means)`. @param end when it returns, if it blocks */
export function parseCall(tokens: TokenStream, end: number | undefined): Call {
  const first = tokens.expectKind("word", "a packet, a system call, a command or a code block");
  tokens.expect("(");
  const args = parseList(tokens, ")", 0);
  const text = tokens.textSince(first);
  tokens.expect("=");
  const result = parseExpression(tokens, 0);
  const error = tokens.isKind("word") ? tokens.next().text : undefined;
  if (tokens.accept("(")) skipNote(tokens);
  return {
    kind: "call",
    location: first.location,
    name: first.text,
    arguments: args,
    text,
    result,
    ...(end === undefined ? {} : { end }),
    ...(error === undefined ? {} : { error }),
  };
}

/** "(Connection refused)", "(flags O_RDWR)": for people. */
function skipNote(tokens: TokenStream): void {
  while (!tokens.accept(")")) {
    if (tokens.isKind("end")) throw tokens.expected('")"');
    tokens.next();
  }
}

function parseList(tokens: TokenStream, closing: string, depth: number): Expression[] {
  const items: Expression[] = [];
  if (tokens.accept(closing)) return items;
  do items.push(parseExpression(tokens, depth));
  while (tokens.accept(","));
  tokens.expect(closing, `"," or "${closing}"`);
  return items;
}

function parseExpression(tokens: TokenStream, depth: number): Expression {
  let left = parseOperand(tokens, depth);
  while (tokens.is("|")) {
    tokens.next();
    left = { kind: "or", location: left.location, left, right: parseOperand(tokens, depth) };
  }
  return left;
}

function parseOperand(tokens: TokenStream, depth: number): Expression {
  const { location, text, kind } = tokens.current;
  if (depth > MAX_DEPTH) throw new ScriptError(location, "too deep in brackets");
  if (tokens.accept("...")) return { kind: "ellipsis", location };
  if (tokens.accept("[")) return { kind: "list", location, items: parseList(tokens, "]", depth + 1) };
  if (tokens.accept("{")) return { kind: "structure", location, fields: parseFields(tokens, depth + 1) };
  switch (kind) {
    case "integer":
    case "hexadecimal":
      tokens.next();
      return { kind: "number", location, value: Number(text) };
    case "string":
      return { kind: "string", location, value: parseString(tokens) };
    case "word":
      tokens.next();
      if (!tokens.accept("(")) return { kind: "word", location, name: text };
      return { kind: "function", location, name: text, arguments: parseList(tokens, ")", depth + 1) };
    default:
      throw tokens.expected("a value");
  }
}

/** Strings that follow each other are one. */
function parseString(tokens: TokenStream): string {
  let value = "";
  while (tokens.isKind("string")) value += unescape(tokens.next().text);
  return value;
}

function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|[\s\S])/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return ({ n: "\n", r: "\r", t: "\t", "0": "\0" } as Record<string, string>)[escape] ?? escape;
  });
}

/** `{fd=4, events=POLLIN}`, `{..., 1000}`, `{msg_iov(1)=[…]}`. */
function parseFields(tokens: TokenStream, depth: number): Field[] {
  const fields: Field[] = [];
  if (tokens.accept("}")) return fields;
  do fields.push(parseField(tokens, depth));
  while (tokens.accept(","));
  tokens.expect("}", '"," or "}"');
  return fields;
}

function parseField(tokens: TokenStream, depth: number): Field {
  const name = tokens.current.text;
  const value = parseExpression(tokens, depth);
  if (!tokens.accept("=")) return { name: undefined, value };
  if (value.kind !== "word" && value.kind !== "function") {
    throw new ScriptError(value.location, "what stands before a field's = is its name");
  }
  return { name, value: parseExpression(tokens, depth) };
}
