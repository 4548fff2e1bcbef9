import type { Clock, TimerHandle, Timers } from "./clock.js";

/** The one timer of a machine that says when it next has something to do. */
export class Deadline {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #onDue: () => void;
  #timer: TimerHandle;

  /** @param onDue called from the host's event loop, never from inside `set` */
  constructor(clock: Clock, timers: Timers, onDue: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#onDue = onDue;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  /** Moves it. @param time monotonic ms; Infinity: never */
  set(time: number): void {
    this.#timers.clear(this.#timer);
    this.#timer = undefined;
    if (time === Infinity) return;
    this.#timer = this.#timers.set(() => this.due(), time - this.#clock.now());
  }

  private due(): void {
    this.#timer = undefined;
    this.#onDue();
  }
}
