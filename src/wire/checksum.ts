/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words.
 *
 * A sum is carried as an unfolded integer below 2³¹, so that header, pseudo-header and payload can be added one after
 * the other; `finishChecksum` folds it and takes the complement.
 */

/** Bytes after which a sum is folded: 2¹⁴ words of 16 bits add at most 2³⁰. */
const FOLD_EVERY = 32768;

/** From here on a view of whole words pays: making one costs as much as some 100 bytes do one by one. */
const WORDS_FROM = 256;

/** True where the low byte of a word comes first in memory: on every machine that XS and Node are common on. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function fold(sum: number): number {
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16);
}

/**
 * Adds `length` bytes from `at` to `sum`; an odd last byte is padded with zero on the right.
 * @param words the whole buffer of `bytes` (see `WordView`), if the caller has it
 */
export function addToChecksum(
  sum: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  words?: Uint32Array,
): number {
  while (length > FOLD_EVERY) {
    sum = fold(addToChecksum(sum, bytes, at, FOLD_EVERY, words));
    at += FOLD_EVERY;
    length -= FOLD_EVERY;
  }
  const end = at + length;
  if (length >= WORDS_FROM && ((bytes.byteOffset + at) & 1) === 0) {
    if (((bytes.byteOffset + at) & 2) !== 0) {
      sum += (bytes[at]! << 8) | bytes[at + 1]!;
      at += 2;
    }
    const count = ((end - at) >> 5) << 3;
    words ??= new Uint32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2);
    sum = fold(sum + sumOfWords(words, (bytes.byteOffset + at) >> 2, count));
    at += count << 2;
  }
  // Four bytes a turn: the loop itself is what costs, most of all on XS.
  for (const stop = end - 3; at < stop; at += 4)
    sum += ((bytes[at]! + bytes[at + 2]!) << 8) + bytes[at + 1]! + bytes[at + 3]!;
  for (const stop = end - 1; at < stop; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < end) sum += bytes[at]! << 8;
  return fold(sum);
}

/**
 * The sum of `count` words of 32 bits, a multiple of eight. They are added as they stand in memory, and only the result's bytes
 * are swapped (RFC 1071 §2 (B)); two sums, so that one addition need not wait for the other.
 */
function sumOfWords(words: Uint32Array, at: number, count: number): number {
  let even = 0;
  let odd = 0;
  for (let i = at; i < at + count; i += 8) {
    even += words[i]! + words[i + 2]! + (words[i + 4]! + words[i + 6]!);
    odd += words[i + 1]! + words[i + 3]! + (words[i + 5]! + words[i + 7]!);
  }
  const sum = even + odd;
  const high = Math.floor(sum / 0x1_0000_0000);
  const low = sum >>> 0;
  const folded = fold((low & 0xffff) + (low >>> 16) + (high & 0xffff) + (high >>> 16));
  return LITTLE_ENDIAN ? ((folded & 0xff) << 8) | (folded >>> 8) : folded;
}

/** The checksum field's value for a sum. */
export function finishChecksum(sum: number): number {
  return ~fold(sum) & 0xffff;
}

/** True if `length` bytes that contain their own checksum, on top of `sum`, add up to what they must. */
export function checksumIsGood(
  sum: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  words?: Uint32Array,
): boolean {
  return finishChecksum(addToChecksum(sum, bytes, at, length, words)) === 0;
}
