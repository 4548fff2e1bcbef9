import { NetworkError } from "../error/index.js";
import { decimalFromText } from "./digits.js";
import { ipFromText, type IpAddress } from "./ip.js";
import { Ipv4Address } from "./ipv4.js";
import { Ipv6Address } from "./ipv6.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";
import { wordMask } from "./word.js";

/** An address and how many of its bits name the network, `192.168.1.7/24` (RFC 4632 §3.1, RFC 4291 §2.3). Immutable. */
export class Cidr {
  /**
   * @param address any address of the network; its host bits are kept
   * @param prefixLength bits, 0 to 32 or 128
   * @throws NetworkError EINVAL
   */
  constructor(
    readonly address: IpAddress,
    readonly prefixLength: number,
  ) {
    checkPrefixLength(prefixLength, maxPrefixLength(address));
  }

  /** @throws NetworkError EINVAL */
  static parse(text: string): Cidr {
    return orThrow(cidrFromText(text), "parse CIDR", text);
  }

  /** As `parse`, but undefined if the text is not in CIDR notation. */
  static tryParse(text: string): Cidr | undefined {
    return orUndefined(cidrFromText(text));
  }

  /** Whether `address` is in this network: of its family, with its prefix and, if this has a zone, in its zone. */
  contains(address: IpAddress): boolean {
    const { address: own, prefixLength } = this;
    if (own.family === 4) {
      return address.family === 4 && ((address.value ^ own.value) & wordMask(prefixLength)) === 0;
    }
    return (
      address.family === 6 &&
      ((address.w0 ^ own.w0) & wordMask(prefixLength)) === 0 &&
      ((address.w1 ^ own.w1) & wordMask(prefixLength - 32)) === 0 &&
      ((address.w2 ^ own.w2) & wordMask(prefixLength - 64)) === 0 &&
      ((address.w3 ^ own.w3) & wordMask(prefixLength - 96)) === 0 &&
      (own.zone === undefined || own.zone === address.zone)
    );
  }

  /** The network's own address: host bits zero. */
  get network(): IpAddress {
    const { address, prefixLength } = this;
    if (address.family === 4) return Ipv4Address.fromValue(address.value & wordMask(prefixLength));
    return Ipv6Address.fromWords(
      address.w0 & wordMask(prefixLength),
      address.w1 & wordMask(prefixLength - 32),
      address.w2 & wordMask(prefixLength - 64),
      address.w3 & wordMask(prefixLength - 96),
      address.zone,
    );
  }

  /** Host bits one. Undefined for IPv6, and for /31 and /32, whose addresses are all hosts (RFC 3021 §2.1). */
  get broadcast(): Ipv4Address | undefined {
    const { address, prefixLength } = this;
    if (address.family !== 4 || prefixLength > 30) return undefined;
    return Ipv4Address.fromValue(address.value | ~wordMask(prefixLength));
  }

  /** 255.255.255.0 for a /24; undefined for IPv6. */
  get netmask(): Ipv4Address | undefined {
    return this.address.family === 4 ? maskOfPrefixLength(this.prefixLength) : undefined;
  }

  equals(other: Cidr): boolean {
    return this.prefixLength === other.prefixLength && this.address.equals(other.address);
  }

  /** `192.168.1.7/24` */
  toString(): string {
    return `${this.address.toString()}/${this.prefixLength}`;
  }
}

/** How many leading ones a netmask has; undefined if a one follows a zero. */
export function prefixLengthOfMask(mask: Ipv4Address): number | undefined {
  const hostBits = ~mask.value >>> 0;
  return (hostBits & (hostBits + 1)) === 0 ? Math.clz32(hostBits) : undefined;
}

/**
 * @param prefixLength bits, 0 to 32
 * @throws NetworkError EINVAL
 */
export function maskOfPrefixLength(prefixLength: number): Ipv4Address {
  checkPrefixLength(prefixLength, 32);
  return Ipv4Address.fromValue(wordMask(prefixLength));
}

function maxPrefixLength(address: IpAddress): number {
  return address.family === 4 ? 32 : 128;
}

function checkPrefixLength(prefixLength: number, max: number): void {
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > max) {
    throw new NetworkError(
      "EINVAL",
      "prefix length",
      String(prefixLength),
      `not an integer from 0 to ${max}`,
    );
  }
}

function cidrFromText(text: string): Parsed<Cidr> {
  const slash = text.indexOf("/");
  if (slash < 0) return "no prefix length";
  const address = ipFromText(text.slice(0, slash));
  if (typeof address === "string") return address;
  const prefixLength = decimalFromText(text.slice(slash + 1), "prefix length", maxPrefixLength(address));
  return typeof prefixLength === "string" ? prefixLength : new Cidr(address, prefixLength);
}
