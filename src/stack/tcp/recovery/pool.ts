import type { Connection } from "../connection.js";
import { Recovery } from "./recovery.js";

/** Spare ones kept at most; where there are few connections, one for sixteen of them. */
const MAX_SPARE = 64;
const SPARE_SHIFT = 4;

/**
 * Lends a `Recovery` to each connection that has something in flight. Most connections wait for their user most of the
 * time, and what is known of segments in flight is the larger part of what a connection knows.
 */
export class RecoveryPool {
  /** Of all connections with nothing in flight; it never changes. */
  readonly idle = new Recovery();
  readonly #spare: Recovery[] = [];
  readonly #maxSpare: number;

  /** @param options how many connections there are at most */
  constructor({ maxConnections }: { readonly maxConnections: number }) {
    this.#maxSpare = Math.min(MAX_SPARE, maxConnections >> SPARE_SHIFT);
  }

  take(connection: Connection): Recovery {
    const recovery = this.#spare.pop() ?? new Recovery();
    recovery.begin(connection);
    return recovery;
  }

  /** Takes back what `take` gave. @returns what the connection has instead */
  give(recovery: Recovery): Recovery {
    if (recovery !== this.idle && this.#spare.length < this.#maxSpare) this.#spare.push(recovery);
    return this.idle;
  }
}
