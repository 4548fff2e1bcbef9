import { Cidr, MacAddress, tryParseIpAddress } from "../../src/address/index.js";
import type { Field, FieldKind } from "../dissect/index.js";

/** Whether one field is what the filter asks for. */
export type Test = (field: Field, bytes: Uint8Array) => boolean;

/** What a filter compares with, and where it stands if there is nothing like it. */
export type Comparison = Test | string;

export const ORDERS = Object.freeze(["<", "<=", ">", ">="] as const);
export type Operator = "==" | "contains" | "matches" | (typeof ORDERS)[number];

/** Seconds in what a time may be given in; without a unit it is seconds. */
const UNITS: Readonly<Record<string, number>> = Object.freeze({
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
});

const NUMBER = /^-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?)$/i;
const TIME = /^(-?\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)?$/;
const BYTES = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2})*$/i;

/**
 * How fields of one kind are compared with what a person wrote.
 * @param isQuoted whether it stood between quotes, and so is text
 * @returns a test, or what is wrong
 */
export function compare(kind: FieldKind, operator: Operator, text: string, isQuoted: boolean): Comparison {
  if (operator === "contains") return containing(kind, text, isQuoted);
  if (operator === "matches") return matching(kind, text);
  switch (kind) {
    case "number":
      return NUMBER.test(text) ? ordered(operator, Number(text)) : `a number is wanted, not "${text}"`;
    case "seconds": {
      const [, amount, unit = "s"] = TIME.exec(text) ?? [];
      if (amount === undefined) return `a time is wanted, such as 2.5, 250ms or 1h, not "${text}"`;
      return ordered(operator, Number(amount) * UNITS[unit]!);
    }
    case "protocol":
      return "a protocol is there or not; it has no value to compare";
    default:
      return operator === "==" ? equal(kind, text, isQuoted) : `"${operator}" is for numbers and times`;
  }
}

function ordered(operator: Operator, wanted: number): Test {
  switch (operator) {
    case "<":
      return ({ value }) => (value as number) < wanted;
    case "<=":
      return ({ value }) => (value as number) <= wanted;
    case ">":
      return ({ value }) => (value as number) > wanted;
    case ">=":
      return ({ value }) => (value as number) >= wanted;
    default:
      return ({ value }) => value === wanted;
  }
}

function equal(kind: FieldKind, text: string, isQuoted: boolean): Comparison {
  switch (kind) {
    case "flag":
      return /^(?:[01]|true|false)$/i.test(text)
        ? ({ value }) => value === /^(?:1|true)$/i.test(text)
        : `a flag is 1 or 0, not "${text}"`;
    case "mac": {
      const wanted = MacAddress.tryParse(text)?.toString();
      return wanted === undefined
        ? `a MAC address is wanted, not "${text}"`
        : ({ value }) => value === wanted;
    }
    case "ipv4":
    case "ipv6":
      return equalAddress(kind, text);
    case "bytes": {
      const wanted = bytesOf(text, isQuoted);
      return ({ value }) =>
        value instanceof Uint8Array && isAt(value, 0, wanted) && value.length === wanted.length;
    }
    default:
      return ({ value }) => value === text;
  }
}

function equalAddress(kind: "ipv4" | "ipv6", text: string): Comparison {
  const family = kind === "ipv4" ? 4 : 6;
  const network = Cidr.tryParse(text);
  const address = tryParseIpAddress(text);
  if ((network?.address ?? address)?.family !== family)
    return `an IPv${family} address or network is wanted, not "${text}"`;
  if (network === undefined) {
    const wanted = address!.toString();
    return ({ value }) => value === wanted;
  }
  return ({ value }) => {
    const own = tryParseIpAddress(String(value));
    return own !== undefined && network.contains(own);
  };
}

function containing(kind: FieldKind, text: string, isQuoted: boolean): Comparison {
  if (kind === "text") return ({ value }) => String(value).includes(text);
  if (kind !== "bytes" && kind !== "protocol") return '"contains" is for text, bytes and protocols';
  const wanted = bytesOf(text, isQuoted);
  return (field, bytes) => holds(partOf(field, bytes), wanted);
}

function matching(kind: FieldKind, text: string): Comparison {
  if (kind !== "text" && kind !== "bytes" && kind !== "protocol")
    return '"matches" is for text, bytes and protocols';
  let pattern: RegExp;
  try {
    pattern = new RegExp(text, "is");
  } catch (error) {
    return `no regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, "")}`;
  }
  if (kind === "text") return ({ value }) => pattern.test(String(value));
  return (field, bytes) => pattern.test(latin1(partOf(field, bytes)));
}

/** The bytes that a field is about: those of a protocol are its header's and what it carries. */
function partOf({ value, at }: Field, bytes: Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : bytes.subarray(at);
}

function bytesOf(text: string, isQuoted: boolean): Uint8Array {
  if (!isQuoted && BYTES.test(text))
    return Uint8Array.from(text.split(/[:-]/), (digits) => Number.parseInt(digits, 16));
  return new TextEncoder().encode(text);
}

function holds(bytes: Uint8Array, wanted: Uint8Array): boolean {
  for (let at = 0; at + wanted.length <= bytes.length; at++) if (isAt(bytes, at, wanted)) return true;
  return false;
}

function isAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
