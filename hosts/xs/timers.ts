import { MAX_TIMER_DELAY, type TimerHandle, type Timers } from "wirelet/host/index";

/** Moddable's module `timer`. To clear a timer that has run does nothing. */
export interface NativeTimer {
  /** @param callback is given the timer, which callbacks here take no notice of */
  set(callback: () => void, delay: number): unknown;
  clear(timer: unknown): void;
}

/** Timers over Moddable's, which count milliseconds in 32 bits. */
export class XsTimers implements Timers {
  readonly #native: NativeTimer;

  constructor(native: NativeTimer) {
    this.#native = native;
  }

  set(callback: () => void, delay: number): TimerHandle {
    if (delay > MAX_TIMER_DELAY) return new LongTimer(this.#native, callback, delay);
    // Rounded up: Moddable cuts fractions off, and the callback would find that nothing is due.
    return this.#native.set(callback, Math.ceil(Math.max(0, delay)));
  }

  clear(handle: TimerHandle): void {
    if (handle instanceof LongTimer) handle.clear();
    else if (handle !== undefined) this.#native.clear(handle);
  }
}

/** A timer that is armed again and again until its time has come. */
class LongTimer {
  readonly #native: NativeTimer;
  readonly #callback: () => void;
  #left: number;
  #timer: unknown;

  constructor(native: NativeTimer, callback: () => void, delay: number) {
    this.#native = native;
    this.#callback = callback;
    this.#left = delay;
    this.arm();
  }

  clear(): void {
    this.#native.clear(this.#timer);
  }

  private arm(): void {
    const delay = Math.min(this.#left, MAX_TIMER_DELAY);
    this.#left -= delay;
    this.#timer = this.#native.set(() => (this.#left > 0 ? this.arm() : this.#callback()), Math.ceil(delay));
  }
}
