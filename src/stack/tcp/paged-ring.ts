import { PAGE_LENGTH, type BufferMemory } from "./memory.js";
import type { ByteRing } from "./ring.js";

/** A position's place within its page, and its page's number: `position & IN_PAGE` and `position >> PAGE_SHIFT`. */
const IN_PAGE = PAGE_LENGTH - 1;
const PAGE_SHIFT = Math.log2(PAGE_LENGTH);

/** A ring that holds no more memory than its bytes need, and none while it is empty. Its capacity can change. */
export class PagedRing implements ByteRing {
  length = 0;
  /** The first holds the front; where nothing was placed yet, behind it, a page may be missing. */
  readonly #pages: (Uint8Array | undefined)[] = [];
  /** Where the front stands in the first page. */
  #start = 0;
  /** How far behind the end bytes were placed ahead of time. */
  #ahead = 0;

  constructor(
    private readonly memory: BufferMemory,
    public capacity: number,
  ) {}

  get free(): number {
    return Math.max(0, this.capacity - this.length);
  }

  /** While memory is exhausted only the bytes that an empty ring waits for, and what its pages have room for. */
  canPlace(offset: number, count: number): boolean {
    if (!this.memory.isExhausted || (this.length === 0 && offset === 0)) return true;
    const first = this.#start + this.length + offset;
    const last = (first + count - 1) >> PAGE_SHIFT;
    for (let index = first >> PAGE_SHIFT; index <= last; index++) {
      if (this.#pages[index] === undefined) return false;
    }
    return true;
  }

  place(offset: number, source: Uint8Array, at: number, count: number): void {
    let position = this.#start + this.length + offset;
    if (offset + count > this.#ahead) this.#ahead = offset + count;
    while (count > 0) {
      const to = position & IN_PAGE;
      const part = Math.min(count, PAGE_LENGTH - to);
      this.pageAt(position >> PAGE_SHIFT).set(source.subarray(at, at + part), to);
      at += part;
      position += part;
      count -= part;
    }
  }

  commit(count: number): void {
    this.length += count;
    this.#ahead -= count;
  }

  copy(offset: number, target: Uint8Array, at: number, count: number): void {
    let position = this.#start + offset;
    while (count > 0) {
      const from = position & IN_PAGE;
      const part = Math.min(count, PAGE_LENGTH - from);
      target.set(this.#pages[position >> PAGE_SHIFT]!.subarray(from, from + part), at);
      at += part;
      position += part;
      count -= part;
    }
  }

  discard(count: number): void {
    this.#start += count;
    this.length -= count;
    if (this.length === 0 && this.#ahead === 0) {
      this.release();
      return;
    }
    for (; this.#start >= PAGE_LENGTH; this.#start -= PAGE_LENGTH) this.give(this.#pages.shift());
  }

  release(): void {
    for (const page of this.#pages) this.give(page);
    this.#pages.length = this.#start = this.length = this.#ahead = 0;
  }

  private pageAt(index: number): Uint8Array {
    while (this.#pages.length <= index) this.#pages.push(undefined);
    return (this.#pages[index] ??= this.memory.take());
  }

  private give(page: Uint8Array | undefined): void {
    if (page !== undefined) this.memory.give(page);
  }
}
