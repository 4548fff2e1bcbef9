import { readU16, readU32, writeU16, writeU32 } from "./bytes.js";
import { addToChecksum, checksumIsGood, finishChecksum } from "./checksum.js";

/** ICMP (RFC 792): type, code, checksum, four bytes that depend on the type, then data. */
export const ICMPV4_HEADER_LENGTH = 8;

const TYPE = 0;
const CODE = 1;
const CHECKSUM = 2;
const REST = 4;
const IDENTIFIER = 4;
const SEQUENCE = 6;
const NEXT_HOP_MTU = 6;

export const ICMPV4_ECHO_REPLY = 0;
export const ICMPV4_UNREACHABLE = 3;
export const ICMPV4_REDIRECT = 5;
export const ICMPV4_ECHO_REQUEST = 8;
export const ICMPV4_TIME_EXCEEDED = 11;
export const ICMPV4_PARAMETER_PROBLEM = 12;

/** Codes of "destination unreachable" (RFC 792, RFC 1122 §3.2.2.1). */
export const UNREACHABLE_NET = 0;
export const UNREACHABLE_HOST = 1;
export const UNREACHABLE_PROTOCOL = 2;
export const UNREACHABLE_PORT = 3;
export const UNREACHABLE_FRAGMENTATION_NEEDED = 4;

/** Codes of "time exceeded" (RFC 792). */
export const TIME_EXCEEDED_IN_TRANSIT = 0;
export const TIME_EXCEEDED_IN_REASSEMBLY = 1;

export type Icmpv4Fault = "icmpv4-truncated" | "icmpv4-checksum";

export function checkIcmpv4(
  bytes: Uint8Array,
  at: number,
  end: number,
  verifyChecksum: boolean,
): Icmpv4Fault | undefined {
  if (end - at < ICMPV4_HEADER_LENGTH) return "icmpv4-truncated";
  if (verifyChecksum && !checksumIsGood(0, bytes, at, end - at)) return "icmpv4-checksum";
  return undefined;
}

export function icmpv4Type(bytes: Uint8Array, at: number): number {
  return bytes[at + TYPE]!;
}

export function icmpv4Code(bytes: Uint8Array, at: number): number {
  return bytes[at + CODE]!;
}

/** Of an echo request or reply. */
export function icmpv4Identifier(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + IDENTIFIER);
}

/** Of an echo request or reply. */
export function icmpv4Sequence(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SEQUENCE);
}

/** Of "fragmentation needed" (RFC 1191 §4): bytes of an IP packet; 0 from a router that is older than that. */
export function icmpv4NextHopMtu(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + NEXT_HOP_MTU);
}

/** Of a redirect: the router to use, as `Ipv4Address.value`. */
export function icmpv4RedirectGateway(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + REST);
}

/**
 * Writes the header over data that already stands behind it.
 * @param rest the four bytes after the checksum, as one 32-bit integer
 * @param length header and data, in bytes
 */
export function emitIcmpv4(
  bytes: Uint8Array,
  at: number,
  type: number,
  code: number,
  rest: number,
  length: number,
  withChecksum: boolean,
): void {
  bytes[at + TYPE] = type;
  bytes[at + CODE] = code;
  writeU16(bytes, at + CHECKSUM, 0);
  writeU32(bytes, at + REST, rest);
  if (withChecksum) writeU16(bytes, at + CHECKSUM, finishChecksum(addToChecksum(0, bytes, at, length)));
}
