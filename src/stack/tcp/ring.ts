/**
 * Bytes in order. What is behind `length` is free; `place` writes there ahead of time, for data that came out of order,
 * and `commit` makes it count.
 */
export interface ByteRing {
  readonly length: number;
  /** Bytes that may be in it. Where it falls below `length`, nothing is lost. */
  capacity: number;
  readonly free: number;
  /** Whether there is memory for `count` bytes that `place` would put `offset` bytes behind the end. */
  canPlace(offset: number, count: number): boolean;
  /** Copies `count` bytes of `source` to `offset` bytes behind the end; they must fit. */
  place(offset: number, source: Uint8Array, at: number, count: number): void;
  /** Appends `count` placed bytes. */
  commit(count: number): void;
  /** Copies `count` bytes that begin `offset` bytes from the front into `target`. */
  copy(offset: number, target: Uint8Array, at: number, count: number): void;
  /** Drops `count` bytes from the front. */
  discard(count: number): void;
  /** Gives back what it holds; nobody will use it any more. */
  release(): void;
}

/** A ring in a buffer that is taken once and for all. */
export class Ring implements ByteRing {
  private readonly bytes: Uint8Array;
  private start = 0;
  length = 0;

  constructor(public capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  get free(): number {
    return Math.max(0, this.capacity - this.length);
  }

  canPlace(): boolean {
    return true;
  }

  place(offset: number, source: Uint8Array, at: number, count: number): void {
    let to = this.start + this.length + offset;
    if (to >= this.bytes.length) to -= this.bytes.length;
    const first = Math.min(count, this.bytes.length - to);
    this.bytes.set(source.subarray(at, at + first), to);
    if (first < count) this.bytes.set(source.subarray(at + first, at + count), 0);
  }

  commit(count: number): void {
    this.length += count;
  }

  copy(offset: number, target: Uint8Array, at: number, count: number): void {
    let from = this.start + offset;
    if (from >= this.bytes.length) from -= this.bytes.length;
    const first = Math.min(count, this.bytes.length - from);
    target.set(this.bytes.subarray(from, from + first), at);
    if (first < count) target.set(this.bytes.subarray(0, count - first), at + first);
  }

  discard(count: number): void {
    this.start += count;
    if (this.start >= this.bytes.length) this.start -= this.bytes.length;
    this.length -= count;
  }

  release(): void {
    this.length = 0;
  }
}
