const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Base64 with its padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encode(bytes, BASE64);
  return `${text}${"=".repeat((3 - (bytes.length % 3)) % 3)}`;
}

/** Base64 without padding whose characters mean nothing in URLs and cookies (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, BASE64_URL);
}

/** @returns undefined if it is none, its padding is not whole, or bits that it is filled up with are not 0 (RFC 4648 §3.5) */
export function decodeBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = decode(padding === 0 ? text : text.slice(0, -padding), BASE64);
  return bytes !== undefined && (bytes.length + padding) % 3 === 0 ? bytes : undefined;
}

/** @returns undefined if it is none, has padding, or bits that it is filled up with are not 0 */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  return decode(text, BASE64_URL);
}

function encode(bytes: Uint8Array, alphabet: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const word = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const characters = Math.min(4, bytes.length - at + 1);
    for (let index = 0; index < characters; index++)
      pieces.push(alphabet.charAt((word >> (18 - 6 * index)) & 63));
  }
  return pieces.join("");
}

/** Decodes what has no padding. */
function decode(text: string, alphabet: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let word = 0;
  let bits = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    word = ((word << 6) | value) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((word >> bits) & 0xff);
  }
  // Six bits that are left are a character too many.
  const isWhole = bits < 6 && (word & ((1 << bits) - 1)) === 0;
  return isWhole ? Uint8Array.from(bytes) : undefined;
}
