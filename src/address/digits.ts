import type { Parsed } from "./parsed.js";

/** A port, the largest number written in decimal here, has five digits; a longer text need not be read to be refused. */
const MAX_DECIMAL_DIGITS = 5;

/**
 * Reads a decimal number from 0 to `max`: no sign, no space, and no leading zero, since some readers take that for
 * octal (RFC 6943 §3.1.1).
 *
 * @param name what the number is, for the reason: "octet", "port"
 */
export function decimalFromText(text: string, name: string, max: number): Parsed<number> {
  if (text === "") return `${name} is empty`;
  if (text.length > MAX_DECIMAL_DIGITS) return `${name} has more than ${MAX_DECIMAL_DIGITS} digits`;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return `${name} "${text}" is not a decimal number`;
    value = value * 10 + digit;
  }
  if (text.length > 1 && text.charCodeAt(0) === 0x30) return `${name} ${text} has a leading zero`;
  return value > max ? `${name} ${text} is over ${max}` : value;
}

/**
 * Reads a hexadecimal number of `minDigits` to `maxDigits` digits in either case.
 *
 * @param maxDigits at most 13: a number holds 53 bits
 */
export function hexFromText(
  text: string,
  name: string,
  minDigits: number,
  maxDigits: number,
): Parsed<number> {
  if (text === "") return `${name} is empty`;
  if (text.length > maxDigits) return `${name} has more than ${maxDigits} digits`;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) return `${name} "${text}" is not hexadecimal`;
    value = value * 16 + digit;
  }
  return text.length < minDigits ? `${name} ${text} has fewer than ${minDigits} digits` : value;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
