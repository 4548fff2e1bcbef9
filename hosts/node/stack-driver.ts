import { MAX_TIMER_DELAY, type Clock } from "../../src/host/index.js";
import { processClock } from "./process-clock.js";

/** What a driver drives: this project's `Stack`. */
export interface Pollable {
  poll(now: number): void;
  /** When it next wants to be polled, in the clock's milliseconds; Infinity: not before something happens. */
  readonly nextPoll: number;
  /** Something has happened: it wants to be polled soon. */
  onWake?: () => void;
}

/**
 * Drives a stack on real time, from Node's event loop. However many frames and calls wake the stack in one turn of
 * the loop, it is polled once, after them.
 *
 * @example
 * const driver = new StackDriver(stack);
 * …
 * driver.stop();
 */
export class StackDriver {
  readonly #stack: Pollable;
  readonly #clock: Clock;
  #soon: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Infinity;
  #stopped = false;

  /** Takes the stack's `onWake`. @param clock the one whose times the stack's links pass to it */
  constructor(stack: Pollable, clock: Clock = processClock) {
    this.#stack = stack;
    this.#clock = clock;
    stack.onWake = () => this.#wake();
    this.#wake();
  }

  /** The stack is not polled any more; its frames and sockets are left as they are. */
  stop(): void {
    this.#stopped = true;
    this.#stack.onWake = undefined;
    clearImmediate(this.#soon);
    clearTimeout(this.#timer);
  }

  #wake(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.#poll();
    });
  }

  #poll(): void {
    this.#stack.poll(this.#clock.now());
    // The stack may have been stopped by a callback of its own.
    if (!this.#stopped) this.#arm(this.#stack.nextPoll);
  }

  /**
   * Sees to it that the stack is polled at `due`. A timer that fires earlier is left alone, since a poll too many
   * costs less than to set a timer anew for each segment; it is set again when it fires.
   */
  #arm(due: number): void {
    if (this.#timerDue <= due) return;
    clearTimeout(this.#timer);
    const delay = due - this.#clock.now();
    if (delay <= 0) {
      this.#timerDue = Infinity;
      this.#wake();
      return;
    }
    this.#timerDue = due;
    // Rounded up: Node cuts fractions off and would fire before anything is due.
    this.#timer = setTimeout(
      () => {
        this.#timerDue = Infinity;
        this.#poll();
      },
      Math.ceil(Math.min(delay, MAX_TIMER_DELAY)),
    );
  }
}
