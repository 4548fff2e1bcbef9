import { decimalFromText } from "./digits.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";

/** TCP and UDP carry ports in 16 bits (RFC 9293 §3.1, RFC 768). */
export const MAX_PORT = 65535;

/**
 * Reads a port in decimal, 0 to 65535.
 *
 * @throws NetworkError EINVAL
 */
export function parsePort(text: string): number {
  return orThrow(portFromText(text), "parse port", text);
}

/** As `parsePort`, but undefined if the text is not a port. */
export function tryParsePort(text: string): number | undefined {
  return orUndefined(portFromText(text));
}

/** The port that `text` spells, or what is wrong with it. */
export function portFromText(text: string): Parsed<number> {
  return decimalFromText(text, "port", MAX_PORT);
}
