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
/** RFC 3168 §6.1: ECN-Echo and Congestion Window Reduced. */
export const TCP_ECE = 0x40;
export const TCP_CWR = 0x80;

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_SACK = 5;
const OPTION_TIMESTAMPS = 8;
const OPTION_USER_TIMEOUT = 28;

/** What the user time-out option takes (RFC 5482 §3.3). */
export const TCP_USER_TIMEOUT_LENGTH = 4;
/** Its highest bit says that the other fifteen count minutes, not seconds. */
const IN_MINUTES = 0x8000;

/** A SACK block's two edges (RFC 2018 §3). */
const SACK_BLOCK_LENGTH = 8;
/** What timestamps take in each segment, padding included (RFC 7323, appendix A). */
export const TCP_TIMESTAMPS_LENGTH = 12;
/** What fits into the 40 bytes of options (RFC 2018 §3). */
export const MAX_SACK_BLOCKS = 4;

/** RFC 7323 §2.3: a larger shift count must be taken as 14. */
export const TCP_MAX_WINDOW_SCALE = 14;

export type TcpFault = "tcp-truncated" | "tcp-data-offset" | "tcp-checksum";

/**
 * Checks the segment that stands between `at` and `end`.
 * @param pseudoSum the pseudo-header's sum, or undefined where the link device verified
 * @param words as for `addToChecksum`
 */
export function checkTcp(
  bytes: Uint8Array,
  at: number,
  end: number,
  pseudoSum: number | undefined,
  words?: Uint32Array,
): TcpFault | undefined {
  if (end - at < TCP_HEADER_LENGTH) return "tcp-truncated";
  const headerLength = tcpHeaderLength(bytes, at);
  if (headerLength < TCP_HEADER_LENGTH || headerLength > end - at) return "tcp-data-offset";
  if (pseudoSum !== undefined && !checksumIsGood(pseudoSum, bytes, at, end - at, words))
    return "tcp-checksum";
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

/** Counted from the sequence number; meaningful only with TCP_URG. */
export function tcpUrgentPointer(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + URGENT_POINTER);
}

/** What the options of a segment say; `undefined` where one is absent. */
export interface TcpOptionValues {
  /** Maximum segment size (RFC 9293 §3.7.1). */
  mss: number | undefined;
  /** Shift count (RFC 7323 §2). */
  windowScale: number | undefined;
  /** RFC 2018 §2. */
  sackPermitted: boolean;
  /** TSval and TSecr (RFC 7323 §3), signed; meaningful only if `hasTimestamps`. */
  hasTimestamps: boolean;
  timestamp: number;
  timestampEcho: number;
  /** The user time-out (RFC 5482), in ms. */
  userTimeout: number | undefined;
  /** The SACK blocks (RFC 2018 §3): left and right edge in turn, signed; the first `sackBlocks` pairs count. */
  readonly sackEdges: Int32Array;
  sackBlocks: number;
}

/**
 * Reads the options of a segment that `checkTcp` has passed. An option with an impossible length ends the list:
 * what follows it cannot be found, what came before it stands (RFC 9293 §3.2, MUST-7).
 */
export function readTcpOptions(bytes: Uint8Array, at: number, into: TcpOptionValues): void {
  into.mss = undefined;
  into.windowScale = undefined;
  into.sackPermitted = false;
  into.hasTimestamps = false;
  into.userTimeout = undefined;
  into.sackBlocks = 0;
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
    readOption(bytes, at, kind, length, into);
    at += length;
  }
}

function readOption(
  bytes: Uint8Array,
  at: number,
  kind: number,
  length: number,
  into: TcpOptionValues,
): void {
  if (kind === OPTION_TIMESTAMPS && length === 10) {
    into.hasTimestamps = true;
    into.timestamp = readI32(bytes, at + 2);
    into.timestampEcho = readI32(bytes, at + 6);
  } else if (kind === OPTION_SACK && length > 2 && (length - 2) % SACK_BLOCK_LENGTH === 0) {
    into.sackBlocks = Math.min((length - 2) / SACK_BLOCK_LENGTH, MAX_SACK_BLOCKS);
    for (let i = 0; i < 2 * into.sackBlocks; i++) into.sackEdges[i] = readI32(bytes, at + 2 + 4 * i);
  } else if (kind === OPTION_MSS && length === 4) {
    into.mss = readU16(bytes, at + 2);
  } else if (kind === OPTION_WINDOW_SCALE && length === 3) {
    into.windowScale = Math.min(bytes[at + 2]!, TCP_MAX_WINDOW_SCALE);
  } else if (kind === OPTION_SACK_PERMITTED && length === 2) {
    into.sackPermitted = true;
  } else if (kind === OPTION_USER_TIMEOUT && length === TCP_USER_TIMEOUT_LENGTH) {
    const value = readU16(bytes, at + 2);
    const units = value & ~IN_MINUTES;
    // Zero is reserved (RFC 5482 §3.3).
    if (units > 0) into.userTimeout = units * ((value & IN_MINUTES) !== 0 ? 60_000 : 1000);
  }
}

/** What a SYN offers, or a SYN-ACK accepts. */
export interface SynOptions {
  readonly mss: number;
  readonly windowScale: number | undefined;
  readonly sackPermitted: boolean;
  /** TSval and TSecr, or undefined. */
  readonly timestamps: readonly [value: number, echo: number] | undefined;
}

/**
 * Writes the options of a SYN behind the fixed header, padded to 32 bits, in the order that most hosts use.
 * @returns how many bytes they take
 */
export function emitSynOptions(bytes: Uint8Array, at: number, options: SynOptions): number {
  const begin = at + TCP_HEADER_LENGTH;
  at = begin;
  bytes[at] = OPTION_MSS;
  bytes[at + 1] = 4;
  writeU16(bytes, at + 2, options.mss);
  at += 4;
  if (options.sackPermitted) {
    // With timestamps the two bytes take the place of their padding.
    if (options.timestamps === undefined) at = emitNops(bytes, at);
    bytes[at] = OPTION_SACK_PERMITTED;
    bytes[at + 1] = 2;
    at += 2;
  }
  if (options.timestamps !== undefined) {
    if (!options.sackPermitted) at = emitNops(bytes, at);
    at = emitTimestamps(bytes, at, options.timestamps[0], options.timestamps[1]);
  }
  if (options.windowScale !== undefined) {
    bytes[at] = OPTION_NOP;
    bytes[at + 1] = OPTION_WINDOW_SCALE;
    bytes[at + 2] = 3;
    bytes[at + 3] = options.windowScale;
    at += 4;
  }
  return at - begin;
}

/** Writes the timestamps of an ordinary segment behind the fixed header. @returns where the next option goes */
export function emitTimestampsOption(bytes: Uint8Array, at: number, value: number, echo: number): number {
  return emitTimestamps(bytes, emitNops(bytes, at), value, echo);
}

/**
 * Writes SACK blocks.
 * @param edges left and right edge in turn
 * @returns where the next option goes
 */
export function emitSackOption(bytes: Uint8Array, at: number, edges: Int32Array, blocks: number): number {
  at = emitNops(bytes, at);
  bytes[at] = OPTION_SACK;
  bytes[at + 1] = 2 + SACK_BLOCK_LENGTH * blocks;
  at += 2;
  for (let i = 0; i < 2 * blocks; i++, at += 4) writeU32(bytes, at, edges[i]!);
  return at;
}

/**
 * Writes the user time-out (RFC 5482 §3.3), rounded up to seconds, or to minutes where it is longer than nine hours.
 * @param timeout in ms
 * @returns where the next option goes
 */
export function emitUserTimeoutOption(bytes: Uint8Array, at: number, timeout: number): number {
  const seconds = Math.max(1, Math.ceil(timeout / 1000));
  bytes[at] = OPTION_USER_TIMEOUT;
  bytes[at + 1] = TCP_USER_TIMEOUT_LENGTH;
  const isShort = seconds < IN_MINUTES;
  const value = isShort ? seconds : IN_MINUTES | Math.min(IN_MINUTES - 1, Math.ceil(seconds / 60));
  writeU16(bytes, at + 2, value);
  return at + TCP_USER_TIMEOUT_LENGTH;
}

/** What `blocks` SACK blocks take, padding included. */
export function sackOptionLength(blocks: number): number {
  return blocks === 0 ? 0 : 4 + SACK_BLOCK_LENGTH * blocks;
}

/** Two of them, as every option here is padded. */
function emitNops(bytes: Uint8Array, at: number): number {
  bytes[at] = OPTION_NOP;
  bytes[at + 1] = OPTION_NOP;
  return at + 2;
}

function emitTimestamps(bytes: Uint8Array, at: number, value: number, echo: number): number {
  bytes[at] = OPTION_TIMESTAMPS;
  bytes[at + 1] = 10;
  writeU32(bytes, at + 2, value);
  writeU32(bytes, at + 6, echo);
  return at + 10;
}

/**
 * Leaves the checksum of a segment that stands at `at` to the link device: the field holds the sum of the pseudo-header,
 * which the device replaces by the checksum of all that comes from the header on.
 */
export function emitPartialTcpChecksum(bytes: Uint8Array, at: number, pseudoSum: number): void {
  writeU16(bytes, at + CHECKSUM, ~finishChecksum(pseudoSum) & 0xffff);
}

/**
 * Writes the fixed header over options and data that already stand behind it.
 * @param headerLength fixed part and options, in bytes
 * @param length header and data, in bytes
 * @param window as sent, already scaled down
 * @param pseudoSum the pseudo-header's sum, or undefined where the link device computes
 * @param words as for `addToChecksum`
 * @param urgentPointer where urgent data ends, counted from `sequence`; TCP_URG must say that it counts
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
  words?: Uint32Array,
  urgentPointer = 0,
): void {
  writeU16(bytes, at + SOURCE_PORT, sourcePort);
  writeU16(bytes, at + DESTINATION_PORT, destinationPort);
  writeU32(bytes, at + SEQUENCE_NUMBER, sequence);
  writeU32(bytes, at + ACKNOWLEDGMENT_NUMBER, acknowledgment);
  bytes[at + DATA_OFFSET] = headerLength << 2;
  bytes[at + FLAGS] = flags;
  writeU16(bytes, at + WINDOW, window);
  writeU16(bytes, at + CHECKSUM, 0);
  writeU16(bytes, at + URGENT_POINTER, urgentPointer);
  if (pseudoSum !== undefined) {
    writeU16(bytes, at + CHECKSUM, finishChecksum(addToChecksum(pseudoSum, bytes, at, length, words)));
  }
}
