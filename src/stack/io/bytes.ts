import type { ByteBuffer } from "../../host/index.js";

/** What a caller passed, as bytes; nothing is copied. */
export function toBytes(data: ByteBuffer): Uint8Array {
  if (data instanceof Uint8Array) return data;
  // Not by `instanceof`: the buffer may come from another realm.
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}
