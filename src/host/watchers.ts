/** Who wants to hear of a change, in the order in which they came. */
export class Watchers {
  #callbacks: readonly (() => void)[] = [];

  /** @returns a function that ends it, to be called once */
  add(callback: () => void): () => void {
    // Wrapped where it watches twice, so that it can stop once.
    const entry = this.#callbacks.includes(callback) ? (): void => callback() : callback;
    this.#callbacks = [...this.#callbacks, entry];
    return () => (this.#callbacks = this.#callbacks.filter((other) => other !== entry));
  }

  /** Calls each that watches now and still does when its turn comes. */
  notify(): void {
    for (const callback of this.#callbacks) if (this.#callbacks.includes(callback)) callback();
  }
}
