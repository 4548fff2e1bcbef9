import { distance, later } from "./sequence.js";

/** Separate ranges remembered at most: segments beyond them are dropped and come again. */
export const MAX_RANGES = 8;

/** Which bytes beyond the next expected one are here already; the bytes themselves stand in the receive ring. */
export class Assembler {
  /** Starts and ends in turn, ascending and never touching. */
  readonly #edges: number[] = [];
  /** When each range was last added to: SACK names the newest first (RFC 2018 §4). */
  readonly #ages: number[] = [];
  #clock = 0;

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
    } else {
      const first = distance(edges[i]!, start) < 0 ? edges[i]! : start;
      const last = later(edges[j - 1]!, end);
      edges.splice(i, j - i, first, last);
    }
    this.#ages.splice(i >> 1, (j - i) >> 1, ++this.#clock);
    return true;
  }

  /** The first part of [start, end) that is here already, which a DSACK tells of (RFC 2883 §4.2). */
  overlap(start: number, end: number): readonly [left: number, right: number] | undefined {
    const edges = this.#edges;
    for (let i = 0; i < edges.length; i += 2) {
      const left = later(start, edges[i]!);
      const right = distance(end, edges[i + 1]!) < 0 ? end : edges[i + 1]!;
      if (distance(right, left) > 0) return [left, right];
    }
    return undefined;
  }

  /** Takes the range that begins at or before `next`. @returns the first byte after it that is missing */
  advance(next: number): number {
    const edges = this.#edges;
    while (edges.length > 0 && distance(edges[0]!, next) <= 0) {
      next = later(next, edges[1]!);
      edges.splice(0, 2);
      this.#ages.shift();
    }
    return next;
  }

  /**
   * Writes SACK blocks, the newest range first.
   * @param edges takes the left and right edge of each in turn
   * @param block the first to write
   * @param blocks where to stop
   */
  report(edges: Int32Array, block: number, blocks: number): void {
    for (let newerThan = Infinity; block < blocks; block++) {
      const index = this.newestBefore(newerThan);
      newerThan = this.#ages[index]!;
      edges[2 * block] = this.#edges[2 * index]!;
      edges[2 * block + 1] = this.#edges[2 * index + 1]!;
    }
  }

  private newestBefore(age: number): number {
    let best = -1;
    for (let i = 0; i < this.#ages.length; i++) {
      if (this.#ages[i]! < age && (best < 0 || this.#ages[i]! > this.#ages[best]!)) best = i;
    }
    return best;
  }
}
