import type { Timers } from "wirelet/host";
import { pause } from "./pause.js";

/** Somebody who types what is written down: each line so many ms after the one before. */
export class Script implements AsyncIterable<string> {
  readonly #lines: Iterator<readonly [after: number, line: string]>;
  readonly #timers: Timers;

  constructor(lines: Iterable<readonly [after: number, line: string]>, timers: Timers) {
    this.#lines = lines[Symbol.iterator]();
    this.#timers = timers;
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return { next: () => this.#next() };
  }

  async #next(): Promise<IteratorResult<string, undefined>> {
    const { done, value } = this.#lines.next();
    if (done === true) return { done: true, value: undefined };
    const [after, line] = value;
    await pause(this.#timers, after);
    return { done: false, value: line };
  }
}
