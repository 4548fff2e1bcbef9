/**
 * Bytes in order in a fixed buffer. What is behind `length` is free; `place` writes there ahead of time, for data that
 * came out of order, and `commit` makes it count.
 */
export class Ring {
  readonly #bytes: Uint8Array;
  #start = 0;
  length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  get free(): number {
    return this.#bytes.length - this.length;
  }

  /** Copies `count` bytes of `source` to `offset` bytes behind the end; they must fit. */
  place(offset: number, source: Uint8Array, at: number, count: number): void {
    let to = this.#start + this.length + offset;
    if (to >= this.#bytes.length) to -= this.#bytes.length;
    const first = Math.min(count, this.#bytes.length - to);
    this.#bytes.set(source.subarray(at, at + first), to);
    if (first < count) this.#bytes.set(source.subarray(at + first, at + count), 0);
  }

  /** Appends `count` placed bytes. */
  commit(count: number): void {
    this.length += count;
  }

  /** Copies `count` bytes that begin `offset` bytes from the front into `target`. */
  copy(offset: number, target: Uint8Array, at: number, count: number): void {
    let from = this.#start + offset;
    if (from >= this.#bytes.length) from -= this.#bytes.length;
    const first = Math.min(count, this.#bytes.length - from);
    target.set(this.#bytes.subarray(from, from + first), at);
    if (first < count) target.set(this.#bytes.subarray(0, count - first), at + first);
  }

  /** Drops `count` bytes from the front. */
  discard(count: number): void {
    this.#start += count;
    if (this.#start >= this.#bytes.length) this.#start -= this.#bytes.length;
    this.length -= count;
  }
}
