import { NetworkError } from "../../error/index.js";
import type { CancelSignal, TimerHandle, Timers } from "../../host/index.js";

/** What ends a request from outside: its time, and its caller's signal. */
export class TimeLimit {
  /** What it was ended with. */
  ended: { readonly error: unknown } | undefined;
  #end: ((error: unknown) => void) | undefined;
  #isLast = false;
  #isBodyOver = false;
  readonly #timers: Timers;
  readonly #timer: TimerHandle;
  readonly #signal: CancelSignal | undefined;
  readonly #onAbort: () => void;

  /**
   * @param timeout ms, Infinity for none
   * @param operation and `subject`: for the error
   */
  constructor(
    timers: Timers,
    timeout: number,
    signal: CancelSignal | undefined,
    operation: string,
    subject: string,
  ) {
    if (!(timeout >= 0))
      throw new NetworkError("EINVAL", "set time limit", String(timeout), "not a number of milliseconds");
    this.#timers = timers;
    const detail = `not done within ${timeout} ms`;
    if (timeout !== Infinity)
      this.#timer = timers.set(
        () => this.fire(new NetworkError("ETIMEDOUT", operation, subject, detail)),
        timeout,
      );
    this.#signal = signal;
    this.#onAbort = () => this.fire(signal?.reason ?? new NetworkError("ECANCELED", operation, subject));
    if (signal?.aborted === true) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort);
  }

  /** An exchange begins. @param end ends it */
  begin(end: (error: unknown) => void): void {
    this.#end = end;
    this.#isBodyOver = false;
  }

  /** The body of its response has come, or never will. */
  bodyOver(): void {
    this.#isBodyOver = true;
    if (this.#isLast) this.stop();
  }

  /** The exchange's response is the one that was wanted. */
  last(): void {
    this.#isLast = true;
    if (this.#isBodyOver) this.stop();
  }

  /** The request is over. */
  stop(): void {
    this.#timers.clear(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#end = undefined;
  }

  private fire(error: unknown): void {
    if (this.ended !== undefined) return;
    this.ended = { error };
    const end = this.#end;
    this.stop();
    end?.(error);
  }
}
