import { NetworkError } from "../error/index.js";
import { hexFromText } from "./digits.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";
import { readWord, writeWord } from "./word.js";

const TWO_POW_32 = 2 ** 32;
const MAX_VALUE = 2 ** 48 - 1;

/** A 48-bit IEEE 802 MAC address. Immutable; two of them are compared with `equals`, or by `value`. */
export class MacAddress {
  /** ff:ff:ff:ff:ff:ff: every station of the link. */
  static readonly broadcast: MacAddress = Object.freeze(new MacAddress(MAX_VALUE));

  /** @param value the 48 bits, the first octet highest */
  private constructor(readonly value: number) {}

  /**
   * Reads any of the common spellings, in either case: `00:1A:2B:3C:4D:5E`, `00-1a-2b-3c-4d-5e`, these two with
   * single digits (`0:1a:2b:3c:4d:5e`), `001a.2b3c.4d5e` and `001a2b3c4d5e`.
   *
   * @throws NetworkError EINVAL
   */
  static parse(text: string): MacAddress {
    return orThrow(macFromText(text), "parse MAC address", text);
  }

  /** As `parse`, but undefined if the text is not a MAC address. */
  static tryParse(text: string): MacAddress | undefined {
    return orUndefined(macFromText(text));
  }

  /**
   * @param value 0 to 2⁴⁸ − 1
   * @throws NetworkError EINVAL
   */
  static fromValue(value: number): MacAddress {
    if (!Number.isInteger(value) || value < 0 || value > MAX_VALUE) {
      throw new NetworkError("EINVAL", "make MAC address", String(value), "not an integer of 48 bits");
    }
    return new MacAddress(value);
  }

  /** Reads 6 bytes at `offset`; the caller has checked that they are there. */
  static read(bytes: Uint8Array, offset: number): MacAddress {
    const high = (bytes[offset]! << 8) | bytes[offset + 1]!;
    return new MacAddress(high * TWO_POW_32 + readWord(bytes, offset + 2));
  }

  /** Writes 6 bytes at `offset`; the caller has checked that there is room. */
  write(bytes: Uint8Array, offset: number): void {
    const { value } = this;
    const high = Math.floor(value / TWO_POW_32);
    bytes[offset] = high >>> 8;
    bytes[offset + 1] = high;
    writeWord(bytes, offset + 2, value);
  }

  equals(other: MacAddress): boolean {
    return this.value === other.value;
  }

  get isBroadcast(): boolean {
    return this.value === MAX_VALUE;
  }

  /** The I/G bit, lowest of the first octet: a group of stations. The broadcast address is one (IEEE 802 §8.2.2). */
  get isMulticast(): boolean {
    return (firstOctet(this.value) & 0x01) !== 0;
  }

  /** The U/L bit: given out by an administrator or made up, not by the manufacturer (IEEE 802 §8.2.2). */
  get isLocallyAdministered(): boolean {
    return (firstOctet(this.value) & 0x02) !== 0;
  }

  /** `00:1A:2B:3C:4D:5E` */
  toString(): string {
    const digits = this.value.toString(16).toUpperCase().padStart(12, "0");
    let text = digits.slice(0, 2);
    for (let at = 2; at < 12; at += 2) text += ":" + digits.slice(at, at + 2);
    return text;
  }
}

function firstOctet(value: number): number {
  return Math.floor(value / 2 ** 40);
}

/** The address that `text` spells, or what is wrong with it. */
function macFromText(text: string): Parsed<MacAddress> {
  const value = valueFromText(text);
  return typeof value === "string" ? value : MacAddress.fromValue(value);
}

function valueFromText(text: string): Parsed<number> {
  if (text.includes(":")) return groupsFromText(text, ":", 6, 1, 2);
  if (text.includes("-")) return groupsFromText(text, "-", 6, 1, 2);
  if (text.includes(".")) return groupsFromText(text, ".", 3, 4, 4);
  return hexFromText(text, "address", 12, 12);
}

function groupsFromText(
  text: string,
  separator: string,
  count: number,
  minDigits: number,
  maxDigits: number,
): Parsed<number> {
  const groups = text.split(separator, count + 1);
  if (groups.length > count) return `more than ${count} groups`;
  if (groups.length < count) return `${groups.length} groups, not ${count}`;
  let value = 0;
  for (const digits of groups) {
    const group = hexFromText(digits, "group", minDigits, maxDigits);
    if (typeof group === "string") return group;
    value = value * 16 ** maxDigits + group;
  }
  return value;
}
