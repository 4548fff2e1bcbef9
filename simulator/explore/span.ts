import type { Duration } from "../duration.js";

/** Whole milliseconds as a person would write them: "3s", "250ms". */
export function span(milliseconds: number): Duration {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
