import type { ByteBuffer } from "../../host/index.js";

/** What a caller passed, as bytes; nothing is copied. */
export function toBytes(data: ByteBuffer): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
