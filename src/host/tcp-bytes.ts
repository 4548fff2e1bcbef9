import { NetworkError } from "../error/index.js";
import type { ByteBuffer, TcpFormat } from "./io.js";

/** The bytes of a buffer, in place. @throws NetworkError EINVAL for what is none: a string would be empty */
export function bytesOf(data: ByteBuffer): Uint8Array {
  if (data instanceof Uint8Array) return data;
  // Not by `instanceof`: the buffer may come from another realm.
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (isBuffer(data)) return new Uint8Array(data);
  throw new NetworkError("EINVAL", "use as bytes", String(data), "not a buffer");
}

/** What `write` was given. @throws NetworkError EINVAL for what the format does not have */
export function bytesToWrite(data: ByteBuffer | number, format: TcpFormat): Uint8Array {
  if (format === "buffer" && typeof data !== "number") return bytesOf(data);
  if (format === "number" && typeof data === "number" && isByte(data)) return Uint8Array.of(data);
  const detail =
    format === "number" ? "not a byte, which the format is" : "not a buffer, which the format is";
  throw new NetworkError("EINVAL", "write", String(data), detail);
}

/** Bytes that have arrived and wait to be read. */
export interface ReceivedBytes {
  readonly readable: number;
  /** Fills `target` as far as there are bytes. @returns how many */
  read(target: Uint8Array): number;
}

/**
 * ECMA-419's `TCP.read`, the same for every provider.
 *
 * @param what a number of bytes, a buffer to fill, or nothing for all there is; format "number" has no choice
 * @throws NetworkError EINVAL for no number of bytes
 */
export function readTcp(
  source: ReceivedBytes,
  format: TcpFormat,
  what: number | ByteBuffer | undefined,
): ArrayBuffer | number | undefined {
  const { readable } = source;
  const limit = typeof what === "object" || format === "number" ? undefined : what;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new NetworkError("EINVAL", "read", undefined, `${limit} is no number of bytes`);
  }
  if (readable === 0) return undefined;
  if (typeof what === "object" && format === "buffer") return source.read(bytesOf(what));
  const bytes = new Uint8Array(format === "number" ? 1 : Math.min(limit ?? readable, readable));
  source.read(bytes);
  return format === "number" ? bytes[0] : bytes.buffer;
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xff;
}

function isBuffer(data: object): boolean {
  const tag = Object.prototype.toString.call(data);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}
