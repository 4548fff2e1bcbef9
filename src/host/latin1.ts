/** Turns bytes[start..end) into text, each byte a character. Hosts have native ones that can be passed in. */
export type DecodeLatin1 = (bytes: Uint8Array, start: number, end: number) => string;

/**
 * Bytes decoded at a time: each becomes an argument of a function, and XS's whole stack has a few hundred slots.
 * Measured there: 6 instructions a byte, and 80 a piece.
 */
export const LATIN1_PIECE = 160;

export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= LATIN1_PIECE) return decodePiece(bytes, start, end);
  let text = "";
  for (let at = start; at < end; at += LATIN1_PIECE) {
    text += decodePiece(bytes, at, Math.min(end, at + LATIN1_PIECE));
  }
  return text;
}

/** The opposite. @param text each character a byte */
export function encodeLatin1(text: string): Uint8Array {
  // eslint-disable-next-line rooms/no-string-length -- each character is a byte
  const bytes = new Uint8Array(text.length);
  for (let start = 0; start < bytes.length; start += SEARCHED) {
    const piece = text.slice(start, start + SEARCHED);
    const end = Math.min(bytes.length, start + SEARCHED);
    for (let at = start; at < end; at++) bytes[at] = piece.charCodeAt(at - start);
  }
  return bytes;
}

/** Characters at a time: where XS looks for one from the start of the string, a loop over all would cost the square. */
const SEARCHED = 64;

function decodePiece(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}
