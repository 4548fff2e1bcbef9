/** How much is written at a time: what Node's own streams and most programs use for bulk data. */
export const WRITE_SIZE = 64 * 1024;

/** A prime: whatever size of buffer or segment repeats or loses a piece, the bytes behind it are not what they should be. */
const PERIOD = 131_071;

/** Bytes whose value follows from their position in the stream, so that each one received can be checked. */
export class Pattern {
  /** One period, and a write's worth of the next, so that any piece lies in one place. */
  readonly #bytes: Buffer;

  constructor() {
    this.#bytes = Buffer.alloc(PERIOD + WRITE_SIZE);
    for (let at = 0; at < this.#bytes.length; at++) {
      this.#bytes[at] = Math.imul((at % PERIOD) + 1, 0x9e3779b1) >>> 24;
    }
  }

  /** The `WRITE_SIZE` bytes that stand at `position` of the stream. */
  piece(position: number): Uint8Array {
    const at = position % PERIOD;
    return this.#bytes.subarray(at, at + WRITE_SIZE);
  }

  /** Checks the first `count` bytes of `received`, `WRITE_SIZE` at most. @throws Error if one is wrong */
  check(position: number, received: Uint8Array, count: number): void {
    const at = position % PERIOD;
    if (this.#bytes.compare(received, 0, count, at, at + count) !== 0) {
      throw new Error(`the ${count} bytes received at ${position} are not those that were sent`);
    }
  }
}
