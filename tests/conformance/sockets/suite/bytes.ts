/** `count` bytes that do not repeat with any period of two: what is missing, doubled or swapped shows. */
export function pattern(count: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(count);
  let state = seed;
  for (let index = 0; index < count; index++) {
    // A linear congruential generator; its high bits are the better ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** A checksum of much data (Adler-32), of which all but the sum may be dropped: it goes on from `sum`. */
export function checksum(bytes: Uint8Array, sum = 1): number {
  let low = sum & 0xffff;
  let high = sum >>> 16;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return ((high << 16) | low) >>> 0;
}

/** Text of ASCII characters as bytes. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes of ASCII characters as text. */
export function text(bytes: ArrayBuffer | Uint8Array | number | undefined): string {
  if (typeof bytes === "number") return String.fromCharCode(bytes);
  return String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
}
