import { NetworkError } from "../error/index.js";
import type { IpAddress } from "./ip.js";
import { Ipv4Address } from "./ipv4.js";
import { ipv6GroupsFromText, ipv6ToText } from "./ipv6-text.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";
import { isGlobalIpv6 } from "./special-purpose.js";
import { readWord, writeWord } from "./word.js";
import { zoneFault } from "./zone.js";

/** An IPv6 address, perhaps with the zone it is valid in. Immutable; two of them are compared with `equals`. */
export class Ipv6Address {
  /** `::` (RFC 4291 §2.5.2) */
  static readonly unspecified: Ipv6Address = Object.freeze(new Ipv6Address(0, 0, 0, 0, undefined));
  /** `::1` (RFC 4291 §2.5.3) */
  static readonly loopback: Ipv6Address = Object.freeze(new Ipv6Address(0, 0, 0, 1, undefined));

  /**
   * @param w0 the first 32 bits as an unsigned number, as are the other words
   * @param zone the interface that a link-local address belongs to (RFC 4007 §11)
   */
  private constructor(
    readonly w0: number,
    readonly w1: number,
    readonly w2: number,
    readonly w3: number,
    readonly zone: string | undefined,
  ) {}

  /**
   * Reads every form of RFC 4291 §2.2, with `::`, upper case and an IPv4 address at the end, and a zone (RFC 4007
   * §11.2): `2001:db8::1`, `::ffff:192.0.2.1`, `fe80::1%eth0`.
   *
   * @throws NetworkError EINVAL
   */
  static parse(text: string): Ipv6Address {
    return orThrow(ipv6FromText(text), "parse IPv6 address", text);
  }

  /** As `parse`, but undefined if the text is not an IPv6 address. */
  static tryParse(text: string): Ipv6Address | undefined {
    return orUndefined(ipv6FromText(text));
  }

  /**
   * Each word is taken modulo 2³², so the results of bitwise operators, which are signed, may be passed.
   *
   * @throws NetworkError EINVAL if `zone` could not be read back
   */
  static fromWords(w0: number, w1: number, w2: number, w3: number, zone?: string): Ipv6Address {
    const fault = zone === undefined ? undefined : zoneFault(zone);
    if (fault !== undefined) throw new NetworkError("EINVAL", "make IPv6 address", undefined, fault);
    return new Ipv6Address(w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0, zone);
  }

  /** Reads 16 bytes at `offset`; the caller has checked that they are there. */
  static read(bytes: Uint8Array, offset: number): Ipv6Address {
    return new Ipv6Address(
      readWord(bytes, offset),
      readWord(bytes, offset + 4),
      readWord(bytes, offset + 8),
      readWord(bytes, offset + 12),
      undefined,
    );
  }

  /** Writes 16 bytes at `offset`; the caller has checked that there is room. The zone is not part of them. */
  write(bytes: Uint8Array, offset: number): void {
    writeWord(bytes, offset, this.w0);
    writeWord(bytes, offset + 4, this.w1);
    writeWord(bytes, offset + 8, this.w2);
    writeWord(bytes, offset + 12, this.w3);
  }

  get family(): 6 {
    return 6;
  }

  /** The same address in the same zone: `fe80::1%eth0` is not `fe80::1%eth1` (RFC 4007 §6). */
  equals(other: IpAddress): boolean {
    return (
      other.family === 6 &&
      other.w3 === this.w3 &&
      other.w2 === this.w2 &&
      other.w1 === this.w1 &&
      other.w0 === this.w0 &&
      other.zone === this.zone
    );
  }

  get isUnspecified(): boolean {
    return this.w0 === 0 && this.w1 === 0 && this.w2 === 0 && this.w3 === 0;
  }

  get isLoopback(): boolean {
    return this.w0 === 0 && this.w1 === 0 && this.w2 === 0 && this.w3 === 1;
  }

  /** Unique local, fc00::/7 (RFC 4193 §3.1). */
  get isPrivate(): boolean {
    return this.w0 >>> 25 === 0xfc >>> 1;
  }

  /** Link-local unicast, fe80::/10 (RFC 4291 §2.5.6). */
  get isLinkLocal(): boolean {
    return this.w0 >>> 22 === 0xfe80 >>> 6;
  }

  /** ff00::/8 (RFC 4291 §2.7). */
  get isMulticast(): boolean {
    return this.w0 >>> 24 === 0xff;
  }

  /** Never: IPv6 has no broadcast (RFC 4291 §2). */
  get isBroadcast(): boolean {
    return false;
  }

  /** A unicast address that can be reached across the Internet (RFC 4291 §2.4, RFC 6890). */
  get isGlobal(): boolean {
    return isGlobalIpv6(this.w0, this.w1, this.w2, this.w3);
  }

  /** The IPv4 address inside `::ffff:192.0.2.1`, undefined for any other prefix (RFC 4291 §2.5.5.2). */
  get mappedIpv4(): Ipv4Address | undefined {
    const mapped = this.w0 === 0 && this.w1 === 0 && this.w2 === 0xffff;
    return mapped ? Ipv4Address.fromValue(this.w3) : undefined;
  }

  /** The text that RFC 5952 recommends, and `%` and the zone if there is one. */
  toString(): string {
    const text = ipv6ToText(this.w0, this.w1, this.w2, this.w3);
    return this.zone === undefined ? text : `${text}%${this.zone}`;
  }
}

/** The address that `text` spells, or what is wrong with it. */
export function ipv6FromText(text: string): Parsed<Ipv6Address> {
  const percent = text.indexOf("%");
  const zone = percent < 0 ? undefined : text.slice(percent + 1);
  const fault = zone === undefined ? undefined : zoneFault(zone);
  if (fault !== undefined) return fault;
  const groups = ipv6GroupsFromText(percent < 0 ? text : text.slice(0, percent));
  if (typeof groups === "string") return groups;
  const word = (at: number): number => (groups[at]! << 16) | groups[at + 1]!;
  return Ipv6Address.fromWords(word(0), word(2), word(4), word(6), zone);
}
