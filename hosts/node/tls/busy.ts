/** Is given what goes on outside of a simulation's time: `Simulation.task`, which holds time until it is done. */
export type Task = (work: Promise<void>) => unknown;

/**
 * Turns of the event loop after which TLS has done all that it can do without more bytes. It waits for nothing outside of this
 * process, and Node's stream wrapper ends each write in a turn of its own: one was enough wherever it was measured, the others are
 * a margin that costs microseconds.
 */
export const TURNS = 8;

/** Tells of the time that node:tls takes, from each thing that gives it something to do. */
export class Busy {
  readonly #task: Task;
  #turns = 0;

  constructor(task: Task) {
    this.#task = task;
  }

  /** There is something to do. */
  more(): void {
    const isIdle = this.#turns === 0;
    this.#turns = TURNS;
    if (isIdle) this.#task(new Promise((resolve) => this.#wait(resolve)));
  }

  #wait(done: () => void): void {
    setImmediate(() => {
      if (--this.#turns === 0) done();
      else this.#wait(done);
    });
  }
}
