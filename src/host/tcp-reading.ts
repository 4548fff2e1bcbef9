import { NetworkError } from "../error/index.js";
import type { ByteBuffer, TcpFormat } from "./io.js";

/** The bytes of a buffer, in place. */
export function bytesOf(data: ByteBuffer): Uint8Array {
  if (data instanceof Uint8Array) return data;
  // Not by `instanceof`: the buffer may come from another realm.
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
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
 * @param what a number of bytes, a buffer to fill, or nothing for all there is
 * @throws NetworkError EWOULDBLOCK if fewer bytes are there than were asked for, EINVAL for no number of bytes
 */
export function readTcp(
  source: ReceivedBytes,
  format: TcpFormat,
  what: number | ByteBuffer | undefined,
): ArrayBuffer | number | undefined {
  const { readable } = source;
  if (typeof what === "object") return readable === 0 ? undefined : source.read(bytesOf(what));
  if (what !== undefined && !(Number.isInteger(what) && what >= 0)) {
    throw new NetworkError("EINVAL", "read", undefined, `${what} is no number of bytes`);
  }
  if (what !== undefined && what > readable) {
    throw new NetworkError("EWOULDBLOCK", "read", undefined, `${what} bytes asked for, ${readable} there`);
  }
  if (readable === 0) return undefined;
  const isSingle = what === undefined && format === "number";
  const bytes = new Uint8Array(isSingle ? 1 : (what ?? readable));
  source.read(bytes);
  return isSingle ? bytes[0] : bytes.buffer;
}
