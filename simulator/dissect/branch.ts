import { Ipv4Address, Ipv6Address, MacAddress } from "../../src/address/index.js";
import type { Field, FieldValue } from "./field.js";
import type { FieldType, FieldTypes } from "./field-type.js";

/** How many bytes a person is shown of what is nothing but bytes; the rest is beside it anyway. */
const SHOWN_BYTES = 24;

/**
 * A field that is being made. It never reads beyond the frame: what is missing there reads as zero, and its range ends
 * with the frame.
 */
export class Branch<Name extends string = string> implements Field {
  readonly label: string;
  readonly at: number;
  readonly length: number;
  readonly fields: Field[] = [];
  text: string;
  readonly #bytes: Uint8Array;
  readonly #types: FieldTypes;

  constructor(
    bytes: Uint8Array,
    types: FieldTypes,
    readonly name: string,
    at: number,
    length: number,
    readonly value: FieldValue | undefined,
    text?: string,
  ) {
    const type = types[name]!;
    this.#bytes = bytes;
    this.#types = types;
    this.at = Math.min(at, bytes.length);
    this.length = Math.max(0, Math.min(length, bytes.length - this.at));
    this.label = type.label;
    this.text = text ?? (value === undefined ? "" : textOf(type, value));
  }

  /**
   * Adds a field.
   * @param value absent: what its bytes are, read as its type says
   * @param text absent: the value, written as its type says
   */
  add(name: Name, at: number, length: number, value?: FieldValue, text?: string): Branch<Name> {
    const read = value ?? readValue(this.#bytes, this.#types[name]!, at, length);
    const added = new Branch<Name>(this.#bytes, this.#types, name, at, length, read, text);
    this.fields.push(added);
    return added;
  }

  /** Adds what only groups others. */
  group(name: Name, at: number, length: number, text: string): Branch<Name> {
    const added = new Branch<Name>(this.#bytes, this.#types, name, at, length, undefined, text);
    this.fields.push(added);
    return added;
  }
}

function readValue(bytes: Uint8Array, type: FieldType, at: number, length: number): FieldValue {
  const part = bytes.subarray(at, at + length);
  switch (type.kind) {
    case "mac":
      return MacAddress.read(padded(part, 6), 0).toString();
    case "ipv4":
      return Ipv4Address.read(padded(part, 4), 0).toString();
    case "ipv6":
      return Ipv6Address.read(padded(part, 16), 0).toString();
    case "text":
      return readText(part);
    case "bytes":
      return part;
    case "flag":
      return readNumber(bytes, at, length) !== 0;
    default:
      return readNumber(bytes, at, length);
  }
}

function padded(part: Uint8Array, length: number): Uint8Array {
  if (part.length === length) return part;
  const whole = new Uint8Array(length);
  whole.set(part.subarray(0, length));
  return whole;
}

/** Big-endian, unsigned. */
export function readNumber(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) value = value * 256 + (bytes[index] ?? 0);
  return value;
}

/** One character a byte, as far as they can be shown: the others become "·". */
export function readText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : "·";
  return text;
}

/** "0a:0b:0c", and how much more there is. */
export function showBytes(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, "0"));
  return bytes.length > SHOWN_BYTES ? `${shown.join(":")}… (${bytes.length} bytes)` : shown.join(":");
}

/** A number as its type has it written: "0x0800 (IPv4)". */
function textOf(type: FieldType, value: FieldValue): string {
  if (value instanceof Uint8Array) return showBytes(value);
  if (typeof value === "boolean") return value ? "Set" : "Not set";
  if (typeof value === "string") return value;
  if (type.kind === "seconds") return `${value} s`;
  const { hexDigits, meanings, unit } = type;
  const digits = hexDigits === undefined ? String(value) : `0x${value.toString(16).padStart(hexDigits, "0")}`;
  const meaning = meanings?.[value];
  if (meaning !== undefined) return `${meaning} (${digits})`;
  return unit === undefined ? digits : `${digits} ${unit}`;
}
