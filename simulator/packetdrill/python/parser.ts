import { ScriptError, unsupported, type Location } from "../script-error.js";
import type { PythonExpression, PythonValue, Statement } from "./ast.js";
import { tokenizePython, type PythonToken } from "./lexer.js";

/** How deep expressions may stand in each other. */
const MAX_DEPTH = 64;

/** Operators of two operands, those that bind least first. */
const BINARY_LEVELS: readonly (readonly string[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "//", "%"],
];

const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];

const CONSTANTS: Readonly<Record<string, PythonValue>> = Object.freeze({
  True: true,
  False: false,
  None: null,
});

/** Words of Python that begin what is not supported, or that cannot be names. */
const KEYWORDS = new Set(
  "as async await break class continue def del elif else except finally for from global if import in is lambda nonlocal raise return try while with yield".split(
    " ",
  ),
);

/** Parses a code block. @throws ScriptError for what is not Python, and for Python that is not supported */
export function parsePython(text: string, location: Location): Statement[] {
  return new PythonParser(text, location).parse();
}

class PythonParser {
  readonly #text: string;
  readonly #tokens: readonly PythonToken[];
  #at = 0;
  #depth = 0;

  constructor(text: string, location: Location) {
    this.#text = text;
    this.#tokens = tokenizePython(text, location);
  }

  parse(): Statement[] {
    const statements: Statement[] = [];
    while (this.#current.kind !== "end") {
      if (this.#current.kind === "newline" || this.#current.text === ";") {
        this.#at++;
        continue;
      }
      const statement = this.#statement();
      if (statement !== undefined) statements.push(statement);
      if (!["newline", "end"].includes(this.#current.kind) && this.#current.text !== ";") {
        throw this.#expected("the end of the statement");
      }
    }
    return statements;
  }

  get #current(): PythonToken {
    return this.#tokens[this.#at]!;
  }

  #statement(): Statement | undefined {
    const { location, text, kind } = this.#current;
    if (kind === "name" && KEYWORDS.has(text)) throw unsupported(location, `Python's ${text}`);
    if (this.#accept("pass")) return undefined;
    if (this.#accept("assert")) {
      const condition = this.#expression();
      return this.#accept(",")
        ? { kind: "assert", location, condition, message: this.#expression() }
        : { kind: "assert", location, condition };
    }
    const begin = this.#at;
    const operator = this.#tokens[begin + 1]?.text ?? "";
    if (kind === "name" && operator === "=") {
      this.#at += 2;
      return { kind: "assign", location, name: text, value: this.#expressionOrTuple() };
    }
    if (kind === "name" && /^[-+*/%&|^]=$/.test(operator)) {
      const left = this.#primary();
      this.#at++;
      const right = this.#expressionOrTuple();
      const value = this.#node(begin, { kind: "binary", operator: operator.slice(0, -1), left, right });
      return { kind: "assign", location, name: text, value };
    }
    return { kind: "expression", location, value: this.#expressionOrTuple() };
  }

  #expressionOrTuple(): PythonExpression {
    const begin = this.#at;
    const first = this.#expression();
    if (!this.#accept(",")) return first;
    const items = [first];
    while (this.#startsExpression) {
      items.push(this.#expression());
      if (!this.#accept(",")) break;
    }
    return this.#node(begin, { kind: "tuple", items });
  }

  get #startsExpression(): boolean {
    const { kind, text } = this.#current;
    return kind !== "newline" && kind !== "end" && text !== ")" && text !== ";";
  }

  #expression(): PythonExpression {
    const begin = this.#at;
    if (this.#depth++ > MAX_DEPTH) throw new ScriptError(this.#current.location, "too deep in parentheses");
    const first = this.#logical("or", () => this.#logical("and", () => this.#not()));
    this.#depth--;
    if (!this.#accept("if")) return first;
    const condition = this.#logical("or", () => this.#logical("and", () => this.#not()));
    this.#expect("else");
    return this.#node(begin, { kind: "conditional", condition, then: first, otherwise: this.#expression() });
  }

  #logical(operator: "and" | "or", operand: () => PythonExpression): PythonExpression {
    const begin = this.#at;
    const first = operand();
    const operands = [first];
    while (this.#accept(operator)) operands.push(operand());
    return operands.length === 1 ? first : this.#node(begin, { kind: "logical", operator, operands });
  }

  #not(): PythonExpression {
    const begin = this.#at;
    if (!this.#accept("not")) return this.#comparison();
    return this.#node(begin, { kind: "unary", operator: "not", operand: this.#not() });
  }

  #comparison(): PythonExpression {
    const begin = this.#at;
    const first = this.#binary(0);
    const operands = [first];
    const operators: string[] = [];
    for (;;) {
      const { text, location } = this.#current;
      if (text === "in" || text === "is" || text === "not") throw unsupported(location, `Python's ${text}`);
      if (!COMPARISONS.includes(text)) break;
      operators.push(text);
      this.#at++;
      operands.push(this.#binary(0));
    }
    return operators.length === 0 ? first : this.#node(begin, { kind: "comparison", operands, operators });
  }

  #binary(level: number): PythonExpression {
    const operators = BINARY_LEVELS[level];
    if (operators === undefined) return this.#unary();
    const begin = this.#at;
    let left = this.#binary(level + 1);
    while (this.#current.kind === "operator" && operators.includes(this.#current.text)) {
      const operator = this.#current.text;
      this.#at++;
      const right = this.#binary(level + 1);
      left = this.#node(begin, { kind: "binary", operator, left, right });
    }
    return left;
  }

  #unary(): PythonExpression {
    const begin = this.#at;
    const { kind, text } = this.#current;
    if (kind === "operator" && ["-", "+", "~"].includes(text)) {
      this.#at++;
      return this.#node(begin, { kind: "unary", operator: text, operand: this.#unary() });
    }
    const base = this.#primary();
    if (!this.#accept("**")) return base;
    return this.#node(begin, { kind: "binary", operator: "**", left: base, right: this.#unary() });
  }

  #primary(): PythonExpression {
    const begin = this.#at;
    const { kind, text } = this.#current;
    if (kind === "number") return this.#literal(Number(text));
    if (kind === "string") return this.#literal(text.slice(1, -1).replace(/\\(.)/g, "$1"));
    if (this.#accept("(")) return this.#parenthesized(begin);
    if (kind !== "name" || KEYWORDS.has(text)) throw this.#expected("a value");
    const constant = CONSTANTS[text];
    if (constant !== undefined) return this.#literal(constant);
    this.#at++;
    if (!this.#accept("(")) return this.#node(begin, { kind: "name", name: text });
    const args: PythonExpression[] = [];
    while (!this.#accept(")")) {
      args.push(this.#expression());
      if (!this.#accept(",") && this.#current.text !== ")") throw this.#expected('"," or ")"');
    }
    return this.#node(begin, { kind: "call", name: text, arguments: args });
  }

  #parenthesized(begin: number): PythonExpression {
    if (this.#accept(")")) return this.#node(begin, { kind: "tuple", items: [] });
    const inner = this.#expressionOrTuple();
    this.#expect(")");
    return inner;
  }

  #literal(value: PythonValue): PythonExpression {
    this.#at++;
    return this.#node(this.#at - 1, { kind: "literal", value });
  }

  /** Completes a node that begins with the token number `begin` and ends before the current one. */
  #node(begin: number, parts: NodeParts): PythonExpression {
    const { start, location } = this.#tokens[begin]!;
    const text = this.#text.slice(start, this.#tokens[this.#at - 1]!.end).replace(/\s+/g, " ");
    return { ...parts, location, text };
  }

  #accept(text: string): boolean {
    if (this.#current.kind === "string" || this.#current.text !== text) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#expected(`"${text}"`);
  }

  #expected(what: string): ScriptError {
    const { kind, text, location } = this.#current;
    const found =
      kind === "end" ? "the end of the code" : kind === "newline" ? "the end of the line" : `"${text}"`;
    return new ScriptError(location, `Python: expected ${what}, found ${found}`);
  }
}

type WithoutPlace<T> = T extends unknown ? Omit<T, "location" | "text"> : never;
type NodeParts = WithoutPlace<PythonExpression>;
