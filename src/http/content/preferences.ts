import { Pattern } from "../../host/index.js";
import { parseParameters } from "../message/media-type.js";

/** Elements that are read of one field; browsers send about 8. */
const MAX_PREFERENCES = 64;

/** Something the client takes, and how much it likes it. */
export interface Preference {
  /** In lower case. */
  readonly value: string;
  /** 0, not at all, to 1 (RFC 9110 §12.4.2). */
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** With ".5", which the grammar does not have, but Java's client sends. */
const WEIGHT = new Pattern(() => /^(?:[01]?\.[0-9]{1,9}|[01]\.?)$/);

/** Reads Accept, Accept-Encoding, Accept-Language or Accept-Charset. What is not written by the rules is left out. */
export function parsePreferences(field = ""): readonly Preference[] {
  const preferences: Preference[] = [];
  for (const element of splitList(field).slice(0, MAX_PREFERENCES)) {
    const semicolon = element.indexOf(";");
    const value = (semicolon < 0 ? element : element.slice(0, semicolon)).trim().toLowerCase();
    const parameters = parseParameters(semicolon < 0 ? "" : element.slice(semicolon));
    const weight = parameters?.get("q") ?? "1";
    if (value === "" || parameters === undefined || !WEIGHT.regexp.test(weight)) continue;
    preferences.push({ value, quality: Math.min(1, Number(weight)), parameters });
  }
  return preferences;
}

/** What is offered and has the highest quality; of equal ones the first; undefined if all have none. */
export function best(offered: readonly string[], qualityOf: (value: string) => number): string | undefined {
  let found: string | undefined;
  let highest = 0;
  for (const value of offered) {
    const quality = qualityOf(value);
    if (quality <= highest) continue;
    found = value;
    highest = quality;
  }
  return found;
}

/** Cuts a list at its commas, but for those in quoted strings (RFC 9110 §5.6.1). */
function splitList(list: string): readonly string[] {
  const pieces = list.split(",");
  if (!list.includes('"')) return pieces;
  const elements: string[] = [];
  let element: string | undefined;
  for (const piece of pieces) {
    element = element === undefined ? piece : `${element},${piece}`;
    if (quotesIn(element) % 2 === 1) continue;
    elements.push(element);
    element = undefined;
  }
  return elements;
}

/** Quotes that begin or end a string, not those behind a backslash. */
function quotesIn(text: string): number {
  return text.replace(/\\[^]/g, "").split('"').length - 1;
}
