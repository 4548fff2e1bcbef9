/** What a heap holds. The fields are the heap's to write. */
export interface HeapItem {
  deadline: number;
  /** When it was put in, counted by the heap: of equal deadlines the older comes first, so that a run can be repeated. */
  order: number;
  /** Position in the heap; −1 outside of it. */
  index: number;
}

/** A binary heap in the order of deadlines. An item knows its place, so each change costs O(log n). */
export class DeadlineHeap<T extends HeapItem> {
  readonly #items: T[] = [];
  #order = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The item that is due first. */
  get first(): T | undefined {
    return this.#items[0];
  }

  /** The earliest deadline, Infinity if there is none. */
  get next(): number {
    return this.#items.length === 0 ? Infinity : this.#items[0]!.deadline;
  }

  /** The order of what is put in next. */
  get nextOrder(): number {
    return this.#order;
  }

  /** Puts an item in, or moves it. */
  set(item: T, deadline: number): void {
    item.deadline = deadline;
    item.order = this.#order++;
    if (item.index < 0) {
      item.index = this.#items.length;
      this.#items.push(item);
      this.up(item);
    } else {
      this.up(item);
      this.down(item);
    }
  }

  /** Takes an item out; one that is not in the heap is ignored. */
  remove(item: T): void {
    if (item.index < 0) return;
    const last = this.#items.pop()!;
    if (last !== item) {
      // It may come from another branch, and have to go either way.
      last.index = item.index;
      this.#items[last.index] = last;
      this.up(last);
      this.down(last);
    }
    item.index = -1;
  }

  private up(item: T): void {
    while (item.index > 0) {
      const parent = this.#items[(item.index - 1) >> 1]!;
      if (!isBefore(item, parent)) return;
      this.swap(parent, item);
    }
  }

  private down(item: T): void {
    for (;;) {
      const left = 2 * item.index + 1;
      if (left >= this.#items.length) return;
      let child = this.#items[left]!;
      const right = this.#items[left + 1];
      if (right !== undefined && isBefore(right, child)) child = right;
      if (!isBefore(child, item)) return;
      this.swap(item, child);
    }
  }

  private swap(upper: T, lower: T): void {
    const index = upper.index;
    this.#items[index] = lower;
    this.#items[lower.index] = upper;
    upper.index = lower.index;
    lower.index = index;
  }
}

function isBefore(a: HeapItem, b: HeapItem): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);
}
