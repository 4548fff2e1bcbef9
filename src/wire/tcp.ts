import { readI32, readU16, writeU16, writeU32 } from "./bytes.js";
import { addToChecksum, checksumIsGood, finishChecksum } from "./checksum.js";

/** The TCP header (RFC 9293 §3.1). */
export const TCP_HEADER_LENGTH = 20;
/** The data offset field counts 32-bit words in four bits. */
export const TCP_MAX_HEADER_LENGTH = 60;

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE_NUMBER = 4;
const ACKNOWLEDGMENT_NUMBER = 8;
const DATA_OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT_POINTER = 18;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
export const TCP_URG = 0x20;

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;

/** RFC 7323 §2.3: a larger shift count must be taken as 14. */
export const TCP_MAX_WINDOW_SCALE = 14;

export type TcpFault = "tcp-truncated" | "tcp-data-offset" | "tcp-checksum";

/**
 * Checks the segment that stands between `at` and `end`.
 * @param pseudoSum the pseudo-header's sum, or undefined where the link device verified
 */
export function checkTcp(
  bytes: Uint8Array,
  at: number,
  end: number,
  pseudoSum: number | undefined,
): TcpFault | undefined {
  if (end - at < TCP_HEADER_LENGTH) return "tcp-truncated";
  const headerLength = tcpHeaderLength(bytes, at);
  if (headerLength < TCP_HEADER_LENGTH || headerLength > end - at) return "tcp-data-offset";
  if (pseudoSum !== undefined && !checksumIsGood(pseudoSum, bytes, at, end - at)) return "tcp-checksum";
  return undefined;
}

export function tcpSourcePort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SOURCE_PORT);
}

export function tcpDestinationPort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + DESTINATION_PORT);
}

/** Signed, as sequence arithmetic wants it. */
export function tcpSequence(bytes: Uint8Array, at: number): number {
  return readI32(bytes, at + SEQUENCE_NUMBER);
}

/** Signed, as sequence arithmetic wants it. */
export function tcpAcknowledgment(bytes: Uint8Array, at: number): number {
  return readI32(bytes, at + ACKNOWLEDGMENT_NUMBER);
}

/** In bytes, options included. */
export function tcpHeaderLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + DATA_OFFSET]! >> 4) << 2;
}

export function tcpFlags(bytes: Uint8Array, at: number): number {
  return bytes[at + FLAGS]!;
}

/** As sent, not scaled. */
export function tcpWindow(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + WINDOW);
}

/** What the options of a segment say; `undefined` where one is absent. */
export interface TcpOptionValues {
  /** Maximum segment size (RFC 9293 §3.7.1). */
  mss: number | undefined;
  /** Shift count (RFC 7323 §2). */
  windowScale: number | undefined;
}

/**
 * Reads the options of a segment that `checkTcp` has passed. An option with an impossible length ends the list:
 * what follows it cannot be found, what came before it stands (RFC 9293 §3.2, MUST-7).
 */
export function readTcpOptions(bytes: Uint8Array, at: number, into: TcpOptionValues): void {
  into.mss = undefined;
  into.windowScale = undefined;
  const end = at + tcpHeaderLength(bytes, at);
  at += TCP_HEADER_LENGTH;
  while (at < end) {
    const kind = bytes[at]!;
    if (kind === OPTION_END) return;
    if (kind === OPTION_NOP) {
      at++;
      continue;
    }
    if (at + 1 >= end) return;
    const length = bytes[at + 1]!;
    if (length < 2 || at + length > end) return;
    if (kind === OPTION_MSS && length === 4) into.mss = readU16(bytes, at + 2);
    else if (kind === OPTION_WINDOW_SCALE && length === 3)
      into.windowScale = Math.min(bytes[at + 2]!, TCP_MAX_WINDOW_SCALE);
    at += length;
  }
}

/**
 * Writes the options of a SYN behind the fixed header, padded to 32 bits.
 * @returns how many bytes they take
 */
export function emitSynOptions(
  bytes: Uint8Array,
  at: number,
  mss: number,
  windowScale: number | undefined,
): number {
  at += TCP_HEADER_LENGTH;
  bytes[at] = OPTION_MSS;
  bytes[at + 1] = 4;
  writeU16(bytes, at + 2, mss);
  if (windowScale === undefined) return 4;
  bytes[at + 4] = OPTION_NOP;
  bytes[at + 5] = OPTION_WINDOW_SCALE;
  bytes[at + 6] = 3;
  bytes[at + 7] = windowScale;
  return 8;
}

/**
 * Writes the fixed header over options and data that already stand behind it.
 * @param headerLength fixed part and options, in bytes
 * @param length header and data, in bytes
 * @param window as sent, already scaled down
 * @param pseudoSum the pseudo-header's sum, or undefined where the link device computes
 */
export function emitTcp(
  bytes: Uint8Array,
  at: number,
  sourcePort: number,
  destinationPort: number,
  sequence: number,
  acknowledgment: number,
  flags: number,
  window: number,
  headerLength: number,
  length: number,
  pseudoSum: number | undefined,
): void {
  writeU16(bytes, at + SOURCE_PORT, sourcePort);
  writeU16(bytes, at + DESTINATION_PORT, destinationPort);
  writeU32(bytes, at + SEQUENCE_NUMBER, sequence);
  writeU32(bytes, at + ACKNOWLEDGMENT_NUMBER, acknowledgment);
  bytes[at + DATA_OFFSET] = headerLength << 2;
  bytes[at + FLAGS] = flags;
  writeU16(bytes, at + WINDOW, window);
  writeU16(bytes, at + CHECKSUM, 0);
  writeU16(bytes, at + URGENT_POINTER, 0);
  if (pseudoSum !== undefined) {
    writeU16(bytes, at + CHECKSUM, finishChecksum(addToChecksum(pseudoSum, bytes, at, length)));
  }
}
