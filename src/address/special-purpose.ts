import { wordMask } from "./word.js";

/**
 * The upper 64 bits of a prefix (of IPv4 all 32 are in `w0`), its length in bits, and whether it is reached across
 * the Internet.
 */
type Row = readonly [w0: number, w1: number, prefixLength: number, global: boolean];

/**
 * IANA's special-purpose address registries (RFC 6890, RFC 8190), as of 2025, and multicast. The first row that
 * matches decides; what matches none is global unicast (RFC 4291 §2.4).
 */
const IPV4_ROWS: readonly Row[] = Object.freeze([
  unreachable(0x00000000, 0, 8), // 0.0.0.0/8 this network, RFC 791
  unreachable(0x0a000000, 0, 8), // 10.0.0.0/8 private, RFC 1918
  unreachable(0x64400000, 0, 10), // 100.64.0.0/10 carrier-grade NAT, RFC 6598
  unreachable(0x7f000000, 0, 8), // 127.0.0.0/8 loopback, RFC 1122
  unreachable(0xa9fe0000, 0, 16), // 169.254.0.0/16 link-local, RFC 3927
  unreachable(0xac100000, 0, 12), // 172.16.0.0/12 private, RFC 1918
  reachable(0xc0000009, 0, 32), // 192.0.0.9 PCP anycast, RFC 7723
  reachable(0xc000000a, 0, 32), // 192.0.0.10 TURN anycast, RFC 8155
  unreachable(0xc0000000, 0, 24), // 192.0.0.0/24 IETF protocols, RFC 6890
  unreachable(0xc0000200, 0, 24), // 192.0.2.0/24 documentation, RFC 5737
  unreachable(0xc0586302, 0, 32), // 192.88.99.2 6a44 relay anycast, RFC 6751
  unreachable(0xc0a80000, 0, 16), // 192.168.0.0/16 private, RFC 1918
  unreachable(0xc6120000, 0, 15), // 198.18.0.0/15 benchmarks, RFC 2544
  unreachable(0xc6336400, 0, 24), // 198.51.100.0/24 documentation, RFC 5737
  unreachable(0xcb007100, 0, 24), // 203.0.113.0/24 documentation, RFC 5737
  unreachable(0xe0000000, 0, 4), // 224.0.0.0/4 multicast, RFC 5771
  unreachable(0xf0000000, 0, 4), // 240.0.0.0/4 reserved, RFC 1112; and the limited broadcast
]);

const IPV6_ROWS: readonly Row[] = Object.freeze([
  unreachable(0x0064ff9b, 0x00010000, 48), // 64:ff9b:1::/48 local translation, RFC 8215
  unreachable(0x01000000, 0x00000000, 64), // 100::/64 discard-only, RFC 6666
  unreachable(0x01000000, 0x00000001, 64), // 100:0:0:1::/64 dummy prefix, RFC 9780
  reachable(0x20010003, 0x00000000, 32), // 2001:3::/32 AMT, RFC 7450
  reachable(0x20010004, 0x01120000, 48), // 2001:4:112::/48 AS112, RFC 7535
  reachable(0x20010020, 0x00000000, 28), // 2001:20::/28 ORCHIDv2, RFC 7343
  reachable(0x20010030, 0x00000000, 28), // 2001:30::/28 drone identifiers, RFC 9374
  unreachable(0x20010000, 0x00000000, 23), // 2001::/23 IETF protocols, RFC 2928
  unreachable(0x20010db8, 0x00000000, 32), // 2001:db8::/32 documentation, RFC 3849
  unreachable(0x3fff0000, 0x00000000, 20), // 3fff::/20 documentation, RFC 9637
  unreachable(0x5f000000, 0x00000000, 16), // 5f00::/16 segment routing, RFC 9602
  unreachable(0xfc000000, 0x00000000, 7), // fc00::/7 unique local, RFC 4193
  unreachable(0xfe800000, 0x00000000, 10), // fe80::/10 link-local, RFC 4291
  unreachable(0xff000000, 0x00000000, 8), // ff00::/8 multicast, RFC 4291
]);

/** @param value the address as an unsigned 32-bit number */
export function isGlobalIpv4(value: number): boolean {
  return lookUp(IPV4_ROWS, value, 0);
}

/** The arguments are the address as four unsigned 32-bit numbers. */
export function isGlobalIpv6(w0: number, w1: number, w2: number, w3: number): boolean {
  // ::, ::1 and IPv4-mapped ::ffff:0:0/96.
  if (w0 === 0 && w1 === 0 && ((w2 === 0 && w3 <= 1) || w2 === 0xffff)) return false;
  // 2001:1::1 to 2001:1::3, anycast of PCP, TURN and DNS-SD: RFC 7723, 8155 and 9665.
  if (w0 === 0x20010001 && w1 === 0 && w2 === 0 && w3 >= 1 && w3 <= 3) return true;
  return lookUp(IPV6_ROWS, w0, w1);
}

function unreachable(w0: number, w1: number, prefixLength: number): Row {
  return Object.freeze<Row>([w0, w1, prefixLength, false]);
}

function reachable(w0: number, w1: number, prefixLength: number): Row {
  return Object.freeze<Row>([w0, w1, prefixLength, true]);
}

function lookUp(rows: readonly Row[], w0: number, w1: number): boolean {
  for (const [high, low, prefixLength, isGlobal] of rows) {
    const differs = ((w0 ^ high) & wordMask(prefixLength)) | ((w1 ^ low) & wordMask(prefixLength - 32));
    if (differs === 0) return isGlobal;
  }
  return true;
}
