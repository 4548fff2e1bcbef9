import { Pattern, decodeUtf8, encodeUtf8 } from "../../host/index.js";

/**
 * Characters of a part of a URL that are written as %XX, as the WHATWG's URL Standard §1.3 has them; those of the path have
 * "^" in addition, which its newer versions and RFC 3986 §3.3 ask for.
 */
export const NOT_USERINFO = new Pattern(() => /[^!$&'()*+,\-._~%0-9A-Za-z]/);
export const NOT_PATH = new Pattern(() => /[^!$&'()*+,\-./:;=@_~%0-9A-Za-z[\]\\|]/);
export const NOT_QUERY = new Pattern(() => /[^!$&()*+,\-./:;=?@_~%0-9A-Za-z[\]\\^`{|}]/);
export const NOT_FRAGMENT = new Pattern(() => /[^!#$%&'()*+,\-./:;=?@_~0-9A-Za-z[\]\\^{|}]/);

/**
 * Writes each character that `unsafe` matches as its UTF-8 bytes, %XX each. What is encoded already stays.
 *
 * @param unsafe one of the above, without the flag "g"
 */
export function percentEncode(text: string, unsafe: RegExp): string {
  if (!unsafe.test(text)) return text;
  let encoded = "";
  for (const character of text) encoded += unsafe.test(character) ? escaped(character) : character;
  return encoded;
}

/** Undoes `percentEncode`, as the web does: "%" that begins no escape stays, what is no UTF-8 becomes U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  const encoded = encodeUtf8(text);
  const bytes = new Uint8Array(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    const value = encoded[at] === PERCENT ? hexPair(encoded[at + 1], encoded[at + 2]) : -1;
    bytes[length++] = value < 0 ? encoded[at]! : value;
    if (value >= 0) at += 2;
  }
  return decodeUtf8(bytes.subarray(0, length), "lossy");
}

const PERCENT = 0x25;

function escaped(character: string): string {
  let text = "";
  for (const byte of encodeUtf8(character)) text += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return text;
}

function hexPair(high: number | undefined, low: number | undefined): number {
  const [first, second] = [hexDigit(high), hexDigit(low)];
  return first < 0 || second < 0 ? -1 : 16 * first + second;
}

function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
