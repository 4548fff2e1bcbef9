import { decodeLatin1, type DecodeLatin1 } from "wirelet/host/index";

/**
 * Decodes single bytes with a native decoder of UTF-8: of ASCII, which heads of HTTP are, both make the same.
 *
 * @param decodeUtf8 throws for what is no UTF-8, or puts one character in place of several bytes
 */
export function asciiDecoder(decodeUtf8: (bytes: ArrayBuffer) => string): DecodeLatin1 {
  return (bytes, start, end) => {
    try {
      // Measured: a copy by the view would take two instructions a byte.
      const text = decodeUtf8(
        (bytes.buffer as ArrayBuffer).slice(bytes.byteOffset + start, bytes.byteOffset + end),
      );
      if (text.length === end - start) return text;
    } catch {
      // It is no UTF-8.
    }
    return decodeLatin1(bytes, start, end);
  };
}
