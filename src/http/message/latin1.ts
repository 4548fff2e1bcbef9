/** Turns bytes[start..end) into text, each byte a character. */
export type DecodeLatin1 = (bytes: Uint8Array, start: number, end: number) => string;

/**
 * How many bytes `decodeLatin1` may be given. Each becomes an argument of a function, and XS's whole stack has a few
 * hundred slots. Measured there: 6 instructions a byte, 80 a call.
 */
export const DECODED_PIECE = 160;

/** The same of a host's own decoder, for which bytes that are decoded in vain, behind a head, cost little. */
export const NATIVE_PIECE = 1024;

export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}
