/** Reads an unsigned 32-bit number in network byte order; the caller has checked that 4 bytes are there. */
export function readWord(bytes: Uint8Array, offset: number): number {
  const word =
    (bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
  return word >>> 0;
}

/** Writes the lower 32 bits of a number in network byte order; the caller has checked that there is room. */
export function writeWord(bytes: Uint8Array, offset: number, word: number): void {
  bytes[offset] = word >>> 24;
  bytes[offset + 1] = word >>> 16;
  bytes[offset + 2] = word >>> 8;
  bytes[offset + 3] = word;
}

/** The upper `prefixLength` bits of a 32-bit word, unsigned; below 0 counts as 0, above 32 as 32. */
export function wordMask(prefixLength: number): number {
  if (prefixLength <= 0) return 0;
  return prefixLength >= 32 ? 0xffffffff : (0xffffffff << (32 - prefixLength)) >>> 0;
}
