/** Messages looked at in a second. A site's servers answer a client with a few; parsing thousands would stall a device. */
export const MAX_MESSAGES_PER_SECOND = 50;

/** Bounds the work that others can make by sending a lot. */
export class FloodGate {
  #since = -Infinity;
  #admitted = 0;

  /** Whether there is time for one more message. @param now monotonic ms */
  admits(now: number): boolean {
    if (now - this.#since >= 1_000) {
      this.#since = now;
      this.#admitted = 0;
    }
    return ++this.#admitted <= MAX_MESSAGES_PER_SECOND;
  }
}
