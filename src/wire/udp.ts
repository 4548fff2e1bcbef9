import { readU16, writeU16 } from "./bytes.js";
import { addToChecksum, checksumIsGood, finishChecksum } from "./checksum.js";

/** The UDP header (RFC 768). */
export const UDP_HEADER_LENGTH = 8;

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const LENGTH = 4;
const CHECKSUM = 6;

export type UdpFault = "udp-truncated" | "udp-length" | "udp-checksum";

/**
 * Checks the datagram that stands between `at` and `end`.
 * @param pseudoSum the pseudo-header's sum without the length, or undefined where the link device verified
 */
export function checkUdp(
  bytes: Uint8Array,
  at: number,
  end: number,
  pseudoSum: number | undefined,
): UdpFault | undefined {
  if (end - at < UDP_HEADER_LENGTH) return "udp-truncated";
  const length = udpLength(bytes, at);
  if (length < UDP_HEADER_LENGTH || length > end - at) return "udp-length";
  // RFC 768: an all-zero checksum field means that the sender computed none.
  if (
    pseudoSum !== undefined &&
    readU16(bytes, at + CHECKSUM) !== 0 &&
    !checksumIsGood(pseudoSum + length, bytes, at, length)
  ) {
    return "udp-checksum";
  }
  return undefined;
}

export function udpSourcePort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SOURCE_PORT);
}

export function udpDestinationPort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + DESTINATION_PORT);
}

/** Header and data, in bytes. */
export function udpLength(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + LENGTH);
}

/**
 * Writes the header over data that already stands behind it.
 * @param length header and data, in bytes
 * @param pseudoSum the pseudo-header's sum without the length, or undefined where the link device computes
 */
export function emitUdp(
  bytes: Uint8Array,
  at: number,
  sourcePort: number,
  destinationPort: number,
  length: number,
  pseudoSum: number | undefined,
): void {
  writeU16(bytes, at + SOURCE_PORT, sourcePort);
  writeU16(bytes, at + DESTINATION_PORT, destinationPort);
  writeU16(bytes, at + LENGTH, length);
  writeU16(bytes, at + CHECKSUM, 0);
  if (pseudoSum !== undefined) {
    const checksum = finishChecksum(addToChecksum(pseudoSum + length, bytes, at, length));
    // RFC 768: a computed zero is sent as all ones.
    writeU16(bytes, at + CHECKSUM, checksum === 0 ? 0xffff : checksum);
  }
}
