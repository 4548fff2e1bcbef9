import type { PythonValue } from "./ast.js";

/** Python's operators on numbers: bits of any width, and remainders that have the divisor's sign. */
const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = Object.freeze({
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "//": (left, right) => Math.floor(left / right),
  "%": (left, right) => left - right * Math.floor(left / right),
  "**": (left, right) => left ** right,
  "&": (left, right) => Number(BigInt(left) & BigInt(right)),
  "|": (left, right) => Number(BigInt(left) | BigInt(right)),
  "^": (left, right) => Number(BigInt(left) ^ BigInt(right)),
  "<<": (left, right) => Number(BigInt(left) << BigInt(right)),
  ">>": (left, right) => Number(BigInt(left) >> BigInt(right)),
});

const BITWISE: readonly string[] = ["&", "|", "^", "<<", ">>"];
const DIVISIONS: readonly string[] = ["/", "//", "%"];

/** @returns the result, or as text why there is none */
export function operate(operator: string, left: PythonValue, right: PythonValue): PythonValue | Error {
  if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right;
  const [a, b] = [toNumber(left), toNumber(right)];
  const work = ARITHMETIC[operator];
  if (a === undefined || b === undefined || work === undefined) {
    return new Error(`${operator} needs numbers`);
  }
  if (b === 0 && DIVISIONS.includes(operator)) return new Error("division by zero");
  if (BITWISE.includes(operator) && !(Number.isSafeInteger(a) && Number.isSafeInteger(b))) {
    return new Error(`${operator} needs whole numbers`);
  }
  if (operator.length === 2 && BITWISE.includes(operator) && (b < 0 || b > 64)) {
    return new Error("a shift by that many bits");
  }
  return work(a, b);
}

export function compare(operator: string, left: PythonValue, right: PythonValue): boolean | Error {
  if (operator === "==" || operator === "!=") return equals(left, right) === (operator === "==");
  const texts = typeof left === "string" && typeof right === "string";
  const [a, b] = texts ? [left, right] : [toNumber(left), toNumber(right)];
  if (a === undefined || b === undefined) return new Error(`${operator} needs numbers`);
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

function equals(left: PythonValue, right: PythonValue): boolean {
  if (typeof left === "object" && typeof right === "object" && left !== null && right !== null) {
    return left.length === right.length && left.every((item, index) => equals(item, right[index]!));
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  return a !== undefined && b !== undefined ? a === b : left === right;
}

/** True counts as 1, False as 0. */
export function toNumber(value: PythonValue): number | undefined {
  return typeof value === "number" || typeof value === "boolean" ? Number(value) : undefined;
}

export function isTrue(value: PythonValue): boolean {
  return typeof value === "object" && value !== null ? value.length > 0 : Boolean(value);
}

/** As `print` shows it. */
export function formatPython(value: PythonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return String(value);
  return `(${value.map(formatPython).join(", ")}${value.length === 1 ? "," : ""})`;
}
