import { encodeUtf8 } from "../../host/index.js";

/** FNV-1a's offset basis and prime for 64 bits, as halves: the prime is 2⁴⁰ + 0x1b3. */
const BASIS_HIGH = 0xcbf29ce4;
const BASIS_LOW = 0x84222325;
const PRIME_LOW = 0x1b3;

/**
 * A strong entity tag for a page's bytes: their 64-bit FNV-1a. It tells states of a page apart, and is no proof against
 * somebody who makes two pages alike on purpose: who can do that writes the pages. It looks at each
 * byte, which is slow on a device: where a page does not change, make it once.
 */
export function etagOf(content: Uint8Array | string): string {
  return `"${fnv1a(typeof content === "string" ? encodeUtf8(content) : content)}"`;
}

/** 64-bit FNV-1a, in hexadecimal. */
export function fnv1a(bytes: Uint8Array): string {
  let high = BASIS_HIGH;
  let low = BASIS_LOW;
  const { length } = bytes;
  for (let at = 0; at < length; at++) {
    low = (low ^ bytes[at]!) >>> 0;
    const product = low * PRIME_LOW;
    // 2⁴⁰ times the low half is the low half, shifted by 8, in the high one.
    high = (high * PRIME_LOW + Math.floor(product / 2 ** 32) + low * 256) % 2 ** 32;
    low = product >>> 0;
  }
  return hex(high) + hex(low);
}

function hex(half: number): string {
  return half.toString(16).padStart(8, "0");
}
