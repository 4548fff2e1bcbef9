import { ScriptError, unsupported, type Location } from "../script-error.js";
import type { PythonExpression, PythonValue, Statement } from "./ast.js";
import { compare, formatPython, isTrue, operate, toNumber } from "./operators.js";
import { parsePython } from "./parser.js";

/** Looks up a name that the script has not assigned. @throws ScriptError for one that is known but not told */
export type NameLookup = (name: string, location: Location) => PythonValue | undefined;

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = Object.freeze({
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
  int: Math.trunc,
});

/** Runs the code blocks of one script: what one assigns the next can read. */
export class PythonInterpreter {
  readonly #variables = new Map<string, PythonValue>();
  readonly #print: (line: string) => void;
  #lookUp: NameLookup = () => undefined;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** @throws ScriptError if an assertion does not hold, or the code cannot be run */
  run(text: string, location: Location, lookUp: NameLookup): void {
    this.#lookUp = lookUp;
    for (const statement of parsePython(text, location)) this.#execute(statement);
  }

  #execute(statement: Statement): void {
    switch (statement.kind) {
      case "assert":
        if (!isTrue(this.#evaluate(statement.condition))) throw this.#failure(statement);
        return;
      case "assign":
        this.#variables.set(statement.name, this.#evaluate(statement.value));
        return;
      case "expression":
        this.#evaluate(statement.value);
    }
  }

  /** Tells the values of all names in the condition. */
  #failure({ condition, message, location }: Statement & { kind: "assert" }): ScriptError {
    const values = [...namesIn(condition)].map(
      (name) => `${name} = ${formatPython(this.#name(name, location))}`,
    );
    const told = message === undefined ? "False" : formatPython(this.#evaluate(message));
    return new ScriptError(location, "the assertion does not hold", {
      expected: condition.text,
      actual: values.length === 0 ? told : values.join(", "),
    });
  }

  #evaluate(expression: PythonExpression): PythonValue {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "name":
        return this.#name(expression.name, expression.location);
      case "tuple":
        return expression.items.map((item) => this.#evaluate(item));
      case "unary":
        return this.#unary(expression.operator, expression.operand);
      case "binary": {
        const [left, right] = [this.#evaluate(expression.left), this.#evaluate(expression.right)];
        return orThrow(operate(expression.operator, left, right), expression.location);
      }
      case "logical":
        return this.#logical(expression.operator, expression.operands);
      case "comparison":
        return this.#comparison(expression.operands, expression.operators);
      case "conditional":
        return this.#evaluate(
          isTrue(this.#evaluate(expression.condition)) ? expression.then : expression.otherwise,
        );
      case "call":
        return this.#call(expression.name, expression.arguments, expression.location);
    }
  }

  #name(name: string, location: Location): PythonValue {
    const value = this.#variables.get(name) ?? this.#lookUp(name, location);
    if (value === undefined) throw new ScriptError(location, `Python: the name ${name} is not defined`);
    return value;
  }

  #unary(operator: string, operand: PythonExpression): PythonValue {
    const value = this.#evaluate(operand);
    if (operator === "not") return !isTrue(value);
    const number = toNumber(value);
    if (number === undefined) throw new ScriptError(operand.location, `Python: ${operator} needs a number`);
    if (operator === "~") return -number - 1;
    return operator === "-" ? -number : number;
  }

  /** The value that decides, as Python has it; what comes after is not looked at. */
  #logical(operator: "and" | "or", operands: readonly PythonExpression[]): PythonValue {
    let value: PythonValue = null;
    for (const operand of operands) {
      value = this.#evaluate(operand);
      if (isTrue(value) === (operator === "or")) break;
    }
    return value;
  }

  #comparison(operands: readonly PythonExpression[], operators: readonly string[]): boolean {
    let left = this.#evaluate(operands[0]!);
    for (const [index, operator] of operators.entries()) {
      const operand = operands[index + 1]!;
      const right = this.#evaluate(operand);
      if (orThrow(compare(operator, left, right), operand.location) === false) return false;
      left = right;
    }
    return true;
  }

  #call(name: string, args: readonly PythonExpression[], location: Location): PythonValue {
    const values = args.map((argument) => this.#evaluate(argument));
    if (name === "print") {
      this.#print(values.map(formatPython).join(" "));
      return null;
    }
    if (name === "str" && values.length === 1) return formatPython(values[0]!);
    if (name === "len" && values.length === 1) return lengthOf(values[0]!, location);
    const work = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (work === undefined) throw unsupported(location, `Python's function ${name}`);
    const numbers = values.map((value) => {
      const number = toNumber(value);
      if (number === undefined) throw new ScriptError(location, `Python: ${name} needs numbers`);
      return number;
    });
    if (numbers.length === 0) throw new ScriptError(location, `Python: ${name} needs an argument`);
    return work(...numbers);
  }
}

function lengthOf(value: PythonValue, location: Location): number {
  if (typeof value === "string" || (typeof value === "object" && value !== null)) return value.length;
  throw new ScriptError(location, "Python: len needs a string or a tuple");
}

function orThrow<T extends PythonValue>(value: T | Error, location: Location): T {
  if (value instanceof Error) throw new ScriptError(location, `Python: ${value.message}`);
  return value;
}

/** The names that an expression reads. */
function namesIn(expression: PythonExpression): Set<string> {
  switch (expression.kind) {
    case "literal":
      return new Set();
    case "name":
      return new Set([expression.name]);
    case "tuple":
      return union(expression.items);
    case "call":
      return union(expression.arguments);
    case "unary":
      return namesIn(expression.operand);
    case "binary":
      return union([expression.left, expression.right]);
    case "logical":
    case "comparison":
      return union(expression.operands);
    case "conditional":
      return union([expression.condition, expression.then, expression.otherwise]);
  }
}

function union(expressions: readonly PythonExpression[]): Set<string> {
  return new Set(expressions.flatMap((expression) => [...namesIn(expression)]));
}
