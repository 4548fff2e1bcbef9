import type { TimerHandle, Timers } from "../../../src/host/index.js";

interface Entry {
  readonly callback: () => void;
  readonly deadline: number;
}

/** Timers of a machine that has none: they are due when the time that comes in says so. */
export class DeadlineTimers implements Timers {
  // Sorted by deadline, then by when they were set. A device has a handful, so inserting in place costs less than a heap.
  readonly #entries: Entry[] = [];
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The earliest deadline, Infinity if there is none. */
  get next(): number {
    return this.#entries[0]?.deadline ?? Infinity;
  }

  set(callback: () => void, delay: number): TimerHandle {
    const entry: Entry = { callback, deadline: this.#now() + Math.max(delay, 0) };
    let index = this.#entries.length;
    while (index > 0 && this.#entries[index - 1]!.deadline > entry.deadline) index--;
    this.#entries.splice(index, 0, entry);
    return entry;
  }

  clear(handle: TimerHandle): void {
    const index = this.#entries.indexOf(handle as Entry);
    if (index >= 0) this.#entries.splice(index, 1);
  }

  /** Calls what was due when it was called: a timer that is set meanwhile waits for the next run. */
  run(): void {
    const now = this.#now();
    const due = this.#entries.filter((entry) => entry.deadline <= now);
    for (const entry of due) {
      const index = this.#entries.indexOf(entry);
      if (index < 0) continue; // Cleared by one before it.
      this.#entries.splice(index, 1);
      entry.callback();
    }
  }
}
