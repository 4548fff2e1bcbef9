import { decimalFromText } from "./digits.js";
import type { IpAddress } from "./ip.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";
import { isGlobalIpv4 } from "./special-purpose.js";
import { readWord, writeWord } from "./word.js";

/** An IPv4 address. Immutable; two of them are compared with `equals`, or by `value`. */
export class Ipv4Address {
  /** 0.0.0.0: "this host on this network" as a source, any address as a binding (RFC 1122 §3.2.1.3). */
  static readonly unspecified: Ipv4Address = Object.freeze(new Ipv4Address(0));
  /** 255.255.255.255: every host of the link; never forwarded (RFC 919 §7). */
  static readonly broadcast: Ipv4Address = Object.freeze(new Ipv4Address(0xffffffff));
  /** 127.0.0.1 */
  static readonly loopback: Ipv4Address = Object.freeze(new Ipv4Address(0x7f000001));

  /** @param value the 32 bits as an unsigned number, the first octet highest */
  private constructor(readonly value: number) {}

  /**
   * Reads four decimal octets, `192.168.0.1`. Short, octal and hexadecimal forms are refused: readers disagree
   * about what they mean (RFC 6943 §3.1.1).
   *
   * @throws NetworkError EINVAL
   */
  static parse(text: string): Ipv4Address {
    return orThrow(ipv4FromText(text), "parse IPv4 address", text);
  }

  /** As `parse`, but undefined if the text is not an IPv4 address. */
  static tryParse(text: string): Ipv4Address | undefined {
    return orUndefined(ipv4FromText(text));
  }

  /** @param value taken modulo 2³², so the results of bitwise operators, which are signed, may be passed */
  static fromValue(value: number): Ipv4Address {
    return new Ipv4Address(value >>> 0);
  }

  /** Reads 4 bytes at `offset`; the caller has checked that they are there. */
  static read(bytes: Uint8Array, offset: number): Ipv4Address {
    return new Ipv4Address(readWord(bytes, offset));
  }

  /** Writes 4 bytes at `offset`; the caller has checked that there is room. */
  write(bytes: Uint8Array, offset: number): void {
    writeWord(bytes, offset, this.value);
  }

  get family(): 4 {
    return 4;
  }

  equals(other: IpAddress): boolean {
    return other.family === 4 && other.value === this.value;
  }

  get isUnspecified(): boolean {
    return this.value === 0;
  }

  /** 127.0.0.0/8 (RFC 1122 §3.2.1.3). */
  get isLoopback(): boolean {
    return this.value >>> 24 === 127;
  }

  /** 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918 §3). */
  get isPrivate(): boolean {
    const { value } = this;
    return value >>> 24 === 0x0a || value >>> 20 === 0xac1 || value >>> 16 === 0xc0a8;
  }

  /** 169.254.0.0/16 (RFC 3927 §2.1). */
  get isLinkLocal(): boolean {
    return this.value >>> 16 === 0xa9fe;
  }

  /** 224.0.0.0/4 (RFC 5771). */
  get isMulticast(): boolean {
    return this.value >>> 28 === 0xe;
  }

  /** The limited broadcast; that of a subnet depends on its mask: `Cidr.broadcast`. */
  get isBroadcast(): boolean {
    return this.value === 0xffffffff;
  }

  /** A unicast address that can be reached across the Internet (RFC 6890). */
  get isGlobal(): boolean {
    return isGlobalIpv4(this.value);
  }

  /** `192.168.0.1` */
  toString(): string {
    const { value } = this;
    return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
  }
}

/** The address that `text` spells, or what is wrong with it. */
export function ipv4FromText(text: string): Parsed<Ipv4Address> {
  const octets = text.split(".", 5);
  if (octets.length > 4) return "more than 4 octets";
  if (octets.length < 4) return `${octets.length} of 4 octets`;
  let value = 0;
  for (const digits of octets) {
    const octet = decimalFromText(digits, "octet", 255);
    if (typeof octet === "string") return octet;
    value = value * 256 + octet;
  }
  return Ipv4Address.fromValue(value);
}
