import { MAX_TIMER_DELAY, type Clock, type Timers, type WallClock } from "wirelet/host/index";

/**
 * A clock over `Time.ticks`. On ESP32 these are 32 bits and signed: negative after 24.8 days, around after 49.7. On the
 * desktop simulator they are the wall clock, and go back when somebody sets it: then this clock stands still.
 */
export class TickClock implements Clock {
  readonly #ticks: () => number;
  #last: number;
  #now = 0;

  /** @param timers to look at the ticks before they have gone half around, even if nobody asks for the time */
  constructor(ticks: () => number, timers: Timers) {
    this.#ticks = ticks;
    this.#last = ticks();
    this.look(timers);
  }

  now(): number {
    const ticks = this.#ticks();
    const elapsed = (ticks - this.#last) | 0;
    this.#last = ticks;
    if (elapsed > 0) this.#now += elapsed;
    return this.#now;
  }

  private look(timers: Timers): void {
    this.now();
    timers.set(() => this.look(timers), MAX_TIMER_DELAY);
  }
}

/** 2026-01-01T00:00:00Z, when this firmware did not exist yet: a device that says it is earlier has not been told the time. */
export const EARLIEST_TIME = 1_767_225_600_000;

/** The time of day, once somebody has set it: an ESP32 begins with 1970 after each power failure. */
export class DateClock implements WallClock {
  readonly #date: () => number;

  /** @param date asks for `Date.now()` */
  constructor(date: () => number) {
    this.#date = date;
  }

  now(): number | undefined {
    const date = this.#date();
    return date < EARLIEST_TIME ? undefined : date;
  }
}
