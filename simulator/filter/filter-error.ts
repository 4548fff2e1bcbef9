import { NetworkError } from "../../src/error/index.js";

/** How much of a long filter is shown on either side of the place. */
const SHOWN = 60;

/** Says what is wrong with a filter, and shows where: the filter on a line of its own, and a caret below. */
export class FilterError extends NetworkError {
  /**
   * @param reason without the place
   * @param text the filter
   * @param at where in it, in characters
   */
  constructor(
    readonly reason: string,
    readonly text: string,
    readonly at: number,
  ) {
    super("EINVAL", "read filter", undefined, reason);
    this.message += `\n${pointTo(text, at)}`;
  }
}

function pointTo(text: string, at: number): string {
  const from = Math.max(0, at - SHOWN);
  const lead = from > 0 ? "…" : "";
  const tail = text.length > at + SHOWN ? "…" : "";
  // A line break in the filter would tear the two lines apart.
  const shown = text.slice(from, at + SHOWN).replace(/\s/g, " ");
  return `  ${lead}${shown}${tail}\n  ${" ".repeat(lead.length + at - from)}^`;
}
