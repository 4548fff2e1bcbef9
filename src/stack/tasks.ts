/** Something that has callbacks to make. */
export interface Task {
  /** True while it waits in a queue; only the queue writes it. */
  queued: boolean;
  runTask(): void;
}

/**
 * Callbacks that wait until the stack's state has settled: none runs from inside a constructor, `read`, `write` or
 * `receive`. A task that waits already is not queued twice, so the queue is bounded by the number of sockets.
 */
export class TaskQueue {
  readonly #tasks: Task[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#tasks.length;
  }

  add(task: Task): void {
    if (task.queued) return;
    task.queued = true;
    this.#tasks.push(task);
  }

  /** Runs what waits now; what it adds waits for the next run. A task that throws does not lose the others. */
  run(): void {
    for (let count = this.#tasks.length - this.#head; count > 0; count--) {
      const task = this.#tasks[this.#head++]!;
      if (this.#head === this.#tasks.length || this.#head === COMPACT_AT) {
        this.#tasks.splice(0, this.#head);
        this.#head = 0;
      }
      task.queued = false;
      task.runTask();
    }
  }
}

/** How many tasks are run before the array is shifted: often enough to stay small, rarely enough to cost nothing. */
const COMPACT_AT = 256;
