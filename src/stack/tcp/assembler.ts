import { distance, later } from "./sequence.js";

/** Separate gaps remembered at most: segments beyond them are dropped and come again. */
export const MAX_RANGES = 8;

/** Which bytes beyond the next expected one are here already; the bytes themselves stand in the receive ring. */
export class Assembler {
  /** Starts and ends in turn, ascending and never touching. */
  readonly #edges: number[] = [];

  get isEmpty(): boolean {
    return this.#edges.length === 0;
  }

  get ranges(): number {
    return this.#edges.length >> 1;
  }

  /** Adds [start, end). @returns false if there is no room for another range */
  add(start: number, end: number): boolean {
    const edges = this.#edges;
    let i = 0;
    while (i < edges.length && distance(edges[i + 1]!, start) < 0) i += 2;
    // All ranges from i to before j touch the new one.
    let j = i;
    while (j < edges.length && distance(edges[j]!, end) <= 0) j += 2;
    if (i === j) {
      if (this.ranges >= MAX_RANGES) return false;
      edges.splice(i, 0, start, end);
      return true;
    }
    const first = distance(edges[i]!, start) < 0 ? edges[i]! : start;
    const last = later(edges[j - 1]!, end);
    edges.splice(i, j - i, first, last);
    return true;
  }

  /** Takes the range that begins at or before `next`. @returns the first byte after it that is missing */
  advance(next: number): number {
    const edges = this.#edges;
    while (edges.length > 0 && distance(edges[0]!, next) <= 0) {
      next = later(next, edges[1]!);
      edges.splice(0, 2);
    }
    return next;
  }
}
