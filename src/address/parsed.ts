import { NetworkError } from "../error/index.js";

/**
 * What a parser of this room gives: the value, or in words why the text has none. The reason travels up through the
 * parsers that contain one another, so the message names the part that is wrong and nothing is thrown on the way.
 */
export type Parsed<T extends number | object> = T | string;

/** @throws NetworkError EINVAL with the reason, if there is one */
export function orThrow<T extends number | object>(parsed: Parsed<T>, operation: string, text: string): T {
  if (typeof parsed === "string")
    throw new NetworkError("EINVAL", operation, text === "" ? '""' : text, parsed);
  return parsed;
}

export function orUndefined<T extends number | object>(parsed: Parsed<T>): T | undefined {
  return typeof parsed === "string" ? undefined : parsed;
}
