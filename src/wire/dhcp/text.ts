const NUL = 0x00;
const SPACE = 0x20;
const QUESTION_MARK = 0x3f;
const TILDE = 0x7e;

/**
 * Reads text up to the first NUL, which RFC 2132 §2 tells senders to leave out and readers to remove. Text is NVT
 * ASCII there: what cannot be printed reads as "?", so that no host name moves a terminal's cursor.
 */
export function readDhcpText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end && bytes[at] !== NUL; at++)
    text += String.fromCharCode(isPrintable(bytes[at]!) ? bytes[at]! : QUESTION_MARK);
  return text;
}

/** One byte a character; what `readDhcpText` would not read becomes "?". */
export function writeDhcpText(text: string): Uint8Array {
  // Characters are counted, not `length`, which differs between engines outside the ASCII range.
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    return isPrintable(code) ? code : QUESTION_MARK;
  });
}

/** Whether `code` is a character of ASCII that can be printed, the space included. */
export function isPrintable(code: number): boolean {
  return code >= SPACE && code <= TILDE;
}
