/** What is to be done in the next turn of the event loop: one immediate of Node's for all who ask. */
export class TurnEnd<T> {
  readonly #act: (item: T) => void;
  #items: T[] = [];

  constructor(act: (item: T) => void) {
    this.#act = act;
  }

  /** Has it done for `item`, behind those that were added before. */
  add(item: T): void {
    if (this.#items.push(item) === 1) setImmediate(() => this.#run(this.#takeItems()));
  }

  #takeItems(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #run(items: readonly T[]): void {
    let done = 0;
    try {
      while (done < items.length) this.#act(items[done++]!);
    } finally {
      // What one of them throws is its own: the others have their turn.
      if (done < items.length) setImmediate(() => this.#run(items.slice(done)));
    }
  }
}
