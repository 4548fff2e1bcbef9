import type { Clock, TimerHandle, Timers } from "../../src/host/index.js";

interface Task {
  readonly time: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock and timers for tests of one machine, where a whole simulation would say nothing more. */
export class VirtualTime implements Clock, Timers {
  #now: number;
  #order = 0;
  #tasks: Task[] = [];

  /** @param now what the clock says at first, in ms */
  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  set(callback: () => void, delay: number): TimerHandle {
    const task = { time: this.#now + Math.max(0, delay), order: this.#order++, callback };
    this.#tasks.push(task);
    return task;
  }

  clear(handle: TimerHandle): void {
    this.#tasks = this.#tasks.filter((task) => task !== handle);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#tasks.length;
  }

  /** Lets time pass, and runs what falls due in the order of its time. */
  advance(milliseconds: number): void {
    this.until(this.#now + milliseconds);
  }

  /** Runs what is due now. */
  settle(): void {
    this.advance(0);
  }

  /** Runs what is due until `time`, or until `done` says so. @returns the time then */
  until(time: number, done: () => boolean = () => false): number {
    while (!done()) {
      const task = this.#next(time);
      if (task === undefined) {
        this.#now = Math.max(this.#now, time);
        break;
      }
      this.clear(task);
      this.#now = Math.max(this.#now, task.time);
      task.callback();
    }
    return this.#now;
  }

  #next(end: number): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      const isEarlier =
        next === undefined || task.time < next.time || (task.time === next.time && task.order < next.order);
      if (task.time <= end && isEarlier) next = task;
    }
    return next;
  }
}
