import {
  ALIASES,
  FIELDS,
  findFields,
  isFieldName,
  type Dissection,
  type FieldKind,
} from "../dissect/index.js";
import { compare, ORDERS, type Operator, type Test } from "./compare.js";
import { FilterError } from "./filter-error.js";
import { tokensOf, type Token } from "./lexer.js";
import { nearest } from "./nearest.js";

/** Whether a frame is one of those that are looked for. */
export type FrameTest = (frame: Dissection) => boolean;

/** So deep may parentheses and negations stand in each other: more than anybody needs, and little to a call stack. */
export const DEEPEST_FILTER = 64;

/** What operators are called in words. */
const WORDS: Readonly<Record<string, string>> = Object.freeze({
  and: "&&",
  or: "||",
  not: "!",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  "~": "matches",
});

const COMPARISONS: readonly string[] = Object.freeze([...ORDERS, "==", "!=", "contains", "matches", "in"]);

/** Reads a filter by recursive descent: or, and, not, and what compares one field. */
export class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  /** @throws FilterError */
  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  /** @throws FilterError */
  parse(): FrameTest {
    const test = this.#or();
    const { kind, text } = this.#token;
    if (kind !== "end") this.#fail(`"&&" or "||" is wanted before "${text}"`);
    return test;
  }

  get #token(): Token {
    return this.#tokens[this.#index]!;
  }

  /** The sign or the word for it, if it is next; strings are neither. */
  get #sign(): string {
    const { kind, text } = this.#token;
    return kind === "string" ? "" : (WORDS[text] ?? text);
  }

  #or(): FrameTest {
    const tests = [this.#and()];
    while (this.#accept("||")) tests.push(this.#and());
    return tests.length === 1 ? tests[0]! : (frame) => tests.some((test) => test(frame));
  }

  #and(): FrameTest {
    const tests = [this.#not()];
    while (this.#accept("&&")) tests.push(this.#not());
    return tests.length === 1 ? tests[0]! : (frame) => tests.every((test) => test(frame));
  }

  #not(): FrameTest {
    if (this.#sign !== "!" && this.#sign !== "(") return this.#comparison();
    if (++this.#depth > DEEPEST_FILTER) this.#fail(`nothing may stand deeper than ${DEEPEST_FILTER} levels`);
    let test: FrameTest;
    if (this.#accept("!")) {
      const inner = this.#not();
      test = (frame) => !inner(frame);
    } else {
      this.#index++;
      test = this.#or();
      if (!this.#accept(")")) this.#fail('")" is missing');
    }
    this.#depth--;
    return test;
  }

  #comparison(): FrameTest {
    const name = this.#fieldName();
    const { kind } = FIELDS[(ALIASES[name] ?? [name])[0]!]!;
    const sign = this.#sign;
    if (!COMPARISONS.includes(sign)) return present(name, kind);
    this.#index++;
    if (sign === "in") return any(name, this.#set(kind));
    if (sign !== "!=") return any(name, this.#value(kind, sign as Operator));
    const test = this.#value(kind, "==");
    return (frame) => {
      const fields = findFields(frame, name);
      return fields.length > 0 && !fields.some((field) => test(field, frame.bytes));
    };
  }

  #fieldName(): string {
    const { kind, text } = this.#token;
    if (kind === "end") this.#fail("a field is missing, such as tcp.port");
    if (kind !== "word") this.#fail(`a field is wanted, such as tcp.port, not "${text}"`);
    if (!isFieldName(text)) this.#fail(`there is no field "${text}"${suggestion(text)}`);
    this.#index++;
    return text;
  }

  #value(kind: FieldKind, operator: Operator): Test {
    const { kind: tokenKind, text } = this.#token;
    if (tokenKind === "end") this.#fail("a value is missing");
    if (tokenKind === "sign") this.#fail(`a value is wanted, not "${text}"`);
    const test = compare(kind, operator, text, tokenKind === "string");
    if (typeof test === "string") this.#fail(test);
    this.#index++;
    return test;
  }

  /** "{80, 443, 8000..8999}" */
  #set(kind: FieldKind): Test {
    if (!this.#accept("{")) this.#fail('a set is wanted: "{80, 443, 8000..8999}"');
    const tests: Test[] = [];
    do tests.push(this.#item(kind));
    while (this.#accept(",") || (this.#sign !== "}" && this.#token.kind !== "end"));
    if (!this.#accept("}")) this.#fail('"}" is missing');
    return (field, bytes) => tests.some((test) => test(field, bytes));
  }

  #item(kind: FieldKind): Test {
    const { kind: tokenKind, text } = this.#token;
    const [first = "", last, ...others] = tokenKind === "word" ? text.split("..") : [text];
    if (last === undefined || others.length > 0) return this.#value(kind, "==");
    const from = compare(kind, ">=", first, false);
    const to = compare(kind, "<=", last, false);
    if (typeof from === "string") this.#fail(from);
    if (typeof to === "string") this.#fail(to);
    this.#index++;
    return (field, bytes) => from(field, bytes) && to(field, bytes);
  }

  #accept(sign: string): boolean {
    if (this.#sign !== sign) return false;
    this.#index++;
    return true;
  }

  #fail(reason: string): never {
    throw new FilterError(reason, this.#text, this.#token.at);
  }
}

/** A flag alone means that it is set; everything else, that it is there. */
function present(name: string, kind: FieldKind): FrameTest {
  if (kind === "flag") return any(name, ({ value }) => value === true);
  return any(name, () => true);
}

function any(name: string, test: Test): FrameTest {
  return (frame) => findFields(frame, name).some((field) => test(field, frame.bytes));
}

function suggestion(name: string): string {
  const near = nearest(name, [...Object.keys(FIELDS), ...Object.keys(ALIASES)]);
  return near === undefined ? "" : `; is it ${near}?`;
}
