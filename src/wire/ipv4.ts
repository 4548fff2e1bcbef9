import { readU16, readU32, writeU16, writeU32 } from "./bytes.js";
import { addToChecksum, checksumIsGood, finishChecksum } from "./checksum.js";

/** The IPv4 header (RFC 791 §3.1). */
export const IPV4_HEADER_LENGTH = 20;

const VERSION_AND_IHL = 0;
const TYPE_OF_SERVICE = 1;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FLAGS_AND_FRAGMENT_OFFSET = 6;
const TIME_TO_LIVE = 8;
const PROTOCOL = 9;
const HEADER_CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;

const VERSION_4 = 0x40;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

/** The largest packet that the total length field can tell of. */
export const IPV4_MAX_LENGTH = 0xffff;

/** Protocol numbers (IANA protocol-numbers). */
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IGMP = 2;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

/** Codepoints of the ECN field, the low two bits of the type of service (RFC 3168 §5). */
export const ECN_NOT_ECT = 0;
export const ECN_ECT1 = 1;
export const ECN_ECT0 = 2;
export const ECN_CE = 3;

export type Ipv4Fault =
  "ipv4-truncated" | "ipv4-version" | "ipv4-header-length" | "ipv4-total-length" | "ipv4-checksum";

/**
 * Checks the header at `at` of a packet that ends at or before `end` (Ethernet pads short frames).
 * @param verifyChecksum false where the link device has verified it
 */
export function checkIpv4(
  bytes: Uint8Array,
  at: number,
  end: number,
  verifyChecksum: boolean,
): Ipv4Fault | undefined {
  if (end - at < IPV4_HEADER_LENGTH) return "ipv4-truncated";
  if ((bytes[at + VERSION_AND_IHL]! & 0xf0) !== VERSION_4) return "ipv4-version";
  const headerLength = ipv4HeaderLength(bytes, at);
  if (headerLength < IPV4_HEADER_LENGTH || headerLength > end - at) return "ipv4-header-length";
  const totalLength = ipv4TotalLength(bytes, at);
  if (totalLength < headerLength || totalLength > end - at) return "ipv4-total-length";
  if (verifyChecksum && !checksumIsGood(0, bytes, at, headerLength)) return "ipv4-checksum";
  return undefined;
}

/** In bytes, options included. */
export function ipv4HeaderLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + VERSION_AND_IHL]! & 0x0f) << 2;
}

/** Header and payload, in bytes. */
export function ipv4TotalLength(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + TOTAL_LENGTH);
}

/** ECN_NOT_ECT, ECN_ECT0, ECN_ECT1 or ECN_CE. */
export function ipv4Ecn(bytes: Uint8Array, at: number): number {
  return bytes[at + TYPE_OF_SERVICE]! & 3;
}

/** The whole octet: DSCP in the upper six bits (RFC 2474 §3), ECN in the lower two (RFC 3168 §5). */
export function ipv4TypeOfService(bytes: Uint8Array, at: number): number {
  return bytes[at + TYPE_OF_SERVICE]!;
}

/** True if no router may cut the packet into pieces. */
export function ipv4DontFragment(bytes: Uint8Array, at: number): boolean {
  return (readU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET) & DONT_FRAGMENT) !== 0;
}

/** True if this is one piece of a larger packet. */
export function ipv4IsFragment(bytes: Uint8Array, at: number): boolean {
  return (readU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0;
}

/** True unless the packet is a fragment other than the first. */
export function ipv4IsFirstFragment(bytes: Uint8Array, at: number): boolean {
  return (readU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET) & FRAGMENT_OFFSET) === 0;
}

/** Where a fragment's payload belongs in the whole one, in bytes. */
export function ipv4FragmentOffset(bytes: Uint8Array, at: number): number {
  return (readU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET) & FRAGMENT_OFFSET) << 3;
}

/** True unless this is the last fragment. */
export function ipv4HasMoreFragments(bytes: Uint8Array, at: number): boolean {
  return (readU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET) & MORE_FRAGMENTS) !== 0;
}

export function ipv4Identification(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + IDENTIFICATION);
}

/**
 * Makes a fragment of the packet whose header was just emitted: identification, offset, and whether more follow.
 * @param offset in bytes, a multiple of 8
 */
export function markIpv4Fragment(
  bytes: Uint8Array,
  at: number,
  identification: number,
  offset: number,
  hasMore: boolean,
  withChecksum: boolean,
): void {
  writeU16(bytes, at + IDENTIFICATION, identification);
  writeU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET, (hasMore ? MORE_FRAGMENTS : 0) | (offset >> 3));
  if (withChecksum) emitIpv4Checksum(bytes, at, ipv4HeaderLength(bytes, at));
}

/** Sets the lengths of a header, for one that is copied to a fragment with fewer options. */
export function setIpv4Lengths(
  bytes: Uint8Array,
  at: number,
  headerLength: number,
  payloadLength: number,
): void {
  bytes[at + VERSION_AND_IHL] = VERSION_4 | (headerLength >> 2);
  writeU16(bytes, at + TOTAL_LENGTH, headerLength + payloadLength);
}

/** Marks a packet: it has met congestion (RFC 3168 §5). */
export function markIpv4Congestion(bytes: Uint8Array, at: number): void {
  bytes[at + TYPE_OF_SERVICE]! |= ECN_CE;
  emitIpv4Checksum(bytes, at, ipv4HeaderLength(bytes, at));
}

/** Makes a reassembled packet of a first fragment: the whole length, and no fragment any more. */
export function unmarkIpv4Fragment(bytes: Uint8Array, at: number, totalLength: number): void {
  writeU16(bytes, at + TOTAL_LENGTH, totalLength);
  writeU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET, 0);
  emitIpv4Checksum(bytes, at, ipv4HeaderLength(bytes, at));
}

/** Takes one hop off, and mends the checksum without reading the rest of the header (RFC 1624 §3, equation 3). */
export function decrementIpv4TimeToLive(bytes: Uint8Array, at: number): void {
  const before = readU16(bytes, at + TIME_TO_LIVE);
  bytes[at + TIME_TO_LIVE]!--;
  const after = readU16(bytes, at + TIME_TO_LIVE);
  const sum = (~readU16(bytes, at + HEADER_CHECKSUM) & 0xffff) + (~before & 0xffff) + after;
  writeU16(bytes, at + HEADER_CHECKSUM, finishChecksum(sum));
}

/** Computes the checksum of a header of `headerLength` bytes anew. */
export function emitIpv4Checksum(bytes: Uint8Array, at: number, headerLength: number): void {
  writeU16(bytes, at + HEADER_CHECKSUM, 0);
  writeU16(bytes, at + HEADER_CHECKSUM, finishChecksum(addToChecksum(0, bytes, at, headerLength)));
}

export function ipv4TimeToLive(bytes: Uint8Array, at: number): number {
  return bytes[at + TIME_TO_LIVE]!;
}

export function ipv4Protocol(bytes: Uint8Array, at: number): number {
  return bytes[at + PROTOCOL]!;
}

/** As an unsigned 32-bit integer, like `Ipv4Address.value`. */
export function ipv4Source(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + SOURCE);
}

/** As an unsigned 32-bit integer, like `Ipv4Address.value`. */
export function ipv4Destination(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + DESTINATION);
}

/**
 * Writes a header of 20 bytes. Don't Fragment is set, and so the identification may be anything (RFC 6864 §4.1): zero.
 * @param source unsigned 32-bit, like `Ipv4Address.value`
 * @param withChecksum false where the link device computes it
 * @param typeOfService the whole octet
 */
export function emitIpv4(
  bytes: Uint8Array,
  at: number,
  payloadLength: number,
  timeToLive: number,
  protocol: number,
  source: number,
  destination: number,
  withChecksum: boolean,
  typeOfService = 0,
): void {
  bytes[at + VERSION_AND_IHL] = VERSION_4 | (IPV4_HEADER_LENGTH >> 2);
  bytes[at + TYPE_OF_SERVICE] = typeOfService;
  writeU16(bytes, at + TOTAL_LENGTH, IPV4_HEADER_LENGTH + payloadLength);
  writeU16(bytes, at + IDENTIFICATION, 0);
  writeU16(bytes, at + FLAGS_AND_FRAGMENT_OFFSET, DONT_FRAGMENT);
  bytes[at + TIME_TO_LIVE] = timeToLive;
  bytes[at + PROTOCOL] = protocol;
  writeU16(bytes, at + HEADER_CHECKSUM, 0);
  writeU32(bytes, at + SOURCE, source);
  writeU32(bytes, at + DESTINATION, destination);
  if (withChecksum) emitIpv4Checksum(bytes, at, IPV4_HEADER_LENGTH);
}

/**
 * The sum over the pseudo-header that TCP and UDP checksums begin with (RFC 9293 §3.1, RFC 768).
 * @param source unsigned 32-bit, like `Ipv4Address.value`
 */
export function ipv4PseudoSum(source: number, destination: number, protocol: number, length: number): number {
  return (
    (source >>> 16) +
    (source & 0xffff) +
    (destination >>> 16) +
    (destination & 0xffff) +
    protocol +
    (length >>> 16) +
    (length & 0xffff)
  );
}
