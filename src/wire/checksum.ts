/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words.
 *
 * A sum is carried as an unfolded integer below 2³¹, so that header, pseudo-header and payload can be added one after
 * the other; `finishChecksum` folds it and takes the complement.
 */

/** Bytes after which a sum is folded: 2¹⁴ words of 16 bits add at most 2³⁰. */
const FOLD_EVERY = 32768;

function fold(sum: number): number {
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16);
}

/** Adds `length` bytes from `at` to `sum`; an odd last byte is padded with zero on the right. */
export function addToChecksum(sum: number, bytes: Uint8Array, at: number, length: number): number {
  while (length > FOLD_EVERY) {
    sum = fold(addToChecksum(sum, bytes, at, FOLD_EVERY));
    at += FOLD_EVERY;
    length -= FOLD_EVERY;
  }
  const end = at + length;
  // Eight bytes a turn: the loop itself is what costs, most of all on XS.
  for (const stop = end - 7; at < stop; at += 8) {
    sum +=
      ((bytes[at]! + bytes[at + 2]! + bytes[at + 4]! + bytes[at + 6]!) << 8) +
      (bytes[at + 1]! + bytes[at + 3]! + bytes[at + 5]! + bytes[at + 7]!);
  }
  for (const stop = end - 1; at < stop; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < end) sum += bytes[at]! << 8;
  return fold(sum);
}

/** The checksum field's value for a sum. */
export function finishChecksum(sum: number): number {
  return ~fold(sum) & 0xffff;
}

/** True if `length` bytes that contain their own checksum, on top of `sum`, add up to what they must. */
export function checksumIsGood(sum: number, bytes: Uint8Array, at: number, length: number): boolean {
  return finishChecksum(addToChecksum(sum, bytes, at, length)) === 0;
}
