/** What a heap holds; `heapIndex` is the heap's own note of where. */
export interface Expiring {
  readonly expiresAt: number;
  heapIndex: number;
}

/** Of an item that is in no heap. */
export const NOT_IN_HEAP = -1;

/** A binary heap of what ends first: each change costs the logarithm of the size, so that no message looks at all. */
export class ExpiryHeap<T extends Expiring> {
  readonly #items: T[] = [];

  /** The item that ends first. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** One that is not in it is ignored. */
  remove(item: T): void {
    const index = item.heapIndex;
    if (index === NOT_IN_HEAP) return;
    item.heapIndex = NOT_IN_HEAP;
    const last = this.#items.pop()!;
    if (last === item) return;
    this.#rise(last, index);
    this.#sink(last, last.heapIndex);
  }

  #rise(item: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex]!;
      if (parent.expiresAt <= item.expiresAt) break;
      this.#put(parent, index);
      index = parentIndex;
    }
    this.#put(item, index);
  }

  #sink(item: T, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const child = right !== undefined && right.expiresAt < left!.expiresAt ? right : left;
      if (child === undefined || child.expiresAt >= item.expiresAt) break;
      const childIndex = child.heapIndex;
      this.#put(child, index);
      index = childIndex;
    }
    this.#put(item, index);
  }

  #put(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
