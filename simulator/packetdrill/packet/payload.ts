/**
 * What scripts send and receive: each byte depends on its place in the stream, so that bytes at the wrong place, lost
 * or doubled are seen although no script names a single one.
 */
function byteAt(offset: number): number {
  return (offset ^ (offset >>> 8) ^ (offset >>> 16)) & 0xff;
}

/** @param offset where the first byte stands in its stream */
export function payload(offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => byteAt(offset + index));
}

/** @returns the index of the first byte that is not what belongs there; −1 if all are right */
export function firstWrongByte(bytes: Uint8Array, offset: number): number {
  return bytes.findIndex((byte, index) => byte !== byteAt(offset + index));
}
