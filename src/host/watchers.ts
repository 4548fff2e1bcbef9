/** Who wants to hear of a change, in the order in which they came. */
export class Watchers {
  #callbacks: readonly (() => void)[] = [];

  /** @returns a function that ends it */
  add(callback: () => void): () => void {
    // Wrapped, so that a function that watches twice can stop once.
    const entry = (): void => callback();
    this.#callbacks = [...this.#callbacks, entry];
    return () => (this.#callbacks = this.#callbacks.filter((other) => other !== entry));
  }

  /** Calls each that watches now and still does when its turn comes. */
  notify(): void {
    for (const callback of this.#callbacks) if (this.#callbacks.includes(callback)) callback();
  }
}
