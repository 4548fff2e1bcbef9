/**
 * Something for `for await`, made without a generator, which XS cannot preload. Leaving the loop early has no effect on
 * where the values come from: it can be entered again.
 *
 * @param next gives one value after the other, undefined at the end
 */
export function iterate<T>(next: () => Promise<T | undefined>): AsyncIterableIterator<T> {
  return {
    async next(): Promise<IteratorResult<T, undefined>> {
      const value = await next();
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
