import { MacAddress } from "../../../src/address/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { encodeUtf8, type LogLevel, type MemoryReport } from "../../../src/host/index.js";
import { MAX_RECORD_LENGTH } from "./messages.js";

/** What a device is told before anything else. */
export interface Start {
  readonly mac: MacAddress;
  /** Bytes of the largest IP packet. */
  readonly mtu: number;
  /** 16 bytes: the same seed and the same requests give the same replies. */
  readonly seed: Uint8Array;
}

/** The levels of log lines, as a log record numbers them. */
export const LOG_LEVELS: readonly LogLevel[] = Object.freeze(["debug", "info", "warn", "error"]);

export const SEED_LENGTH = 16;

const MTU_OFFSET = 6;
const SEED_OFFSET = 8;
const START_LENGTH = SEED_OFFSET + SEED_LENGTH;

const USED_OFFSET = 0;
const TOTAL_OFFSET = 8;
const MEMORY_LENGTH = 16;

/** @throws NetworkError EINVAL if the seed has another length */
export function emitStart(start: Start): Uint8Array {
  if (start.seed.length !== SEED_LENGTH) throw wrongLength("seed", start.seed);
  const bytes = new Uint8Array(START_LENGTH);
  start.mac.write(bytes, 0);
  viewOf(bytes).setUint16(MTU_OFFSET, start.mtu);
  bytes.set(start.seed, SEED_OFFSET);
  return bytes;
}

/** @throws NetworkError EINVAL */
export function parseStart(bytes: Uint8Array): Start {
  if (bytes.length !== START_LENGTH) throw wrongLength("start record", bytes);
  return {
    mac: MacAddress.read(bytes, 0),
    mtu: viewOf(bytes).getUint16(MTU_OFFSET),
    seed: bytes.subarray(SEED_OFFSET),
  };
}

export function emitMemory(report: MemoryReport): Uint8Array {
  const bytes = new Uint8Array(MEMORY_LENGTH);
  const view = viewOf(bytes);
  view.setFloat64(USED_OFFSET, report.used);
  view.setFloat64(TOTAL_OFFSET, report.total ?? 0);
  return bytes;
}

/** @throws NetworkError EINVAL */
export function parseMemory(bytes: Uint8Array): MemoryReport {
  if (bytes.length !== MEMORY_LENGTH) throw wrongLength("memory record", bytes);
  const view = viewOf(bytes);
  const used = view.getFloat64(USED_OFFSET);
  const total = view.getFloat64(TOTAL_OFFSET);
  return total > 0 ? { used, total } : { used };
}

/** A line beyond what a record holds is cut. */
export function emitLog(level: LogLevel, line: string): Uint8Array {
  const text = encodeUtf8(line).subarray(0, MAX_RECORD_LENGTH - 1);
  const bytes = new Uint8Array(1 + text.length);
  bytes[0] = LOG_LEVELS.indexOf(level);
  bytes.set(text, 1);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function wrongLength(what: string, bytes: Uint8Array): NetworkError {
  return new NetworkError("EINVAL", `read ${what}`, undefined, `${bytes.length} bytes`);
}
