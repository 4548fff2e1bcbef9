const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 (RFC 4648 §4): XS has none among its built-ins. */
export function encodeBase64(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const [a, b, c, d] = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((bits >> shift) & 63));
    groups.push(`${a}${b}${left > 1 ? c : "="}${left > 2 ? d : "="}`);
  }
  return groups.join("");
}

/** @param text what `encodeBase64` makes */
export function decodeBase64(text: string): Uint8Array {
  const length = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
  const bytes = new Uint8Array(length);
  let [bits, count, at] = [0, 0, 0];
  for (const character of text) {
    if (character === "=") break;
    bits = (bits << 6) | ALPHABET.indexOf(character);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = (bits >> count) & 0xff;
  }
  return bytes;
}
