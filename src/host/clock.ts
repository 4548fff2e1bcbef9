/** A monotonic clock. */
export interface Clock {
  /**
   * Milliseconds since an arbitrary start. It never goes back and never wraps: a host whose counter is 32 bits wide
   * unwraps it (ESP32's ticks turn negative after 24.8 days).
   */
  now(): number;
}

/** What time of day it is, for those who must print a date. */
export interface WallClock {
  /** Milliseconds since 1970-01-01T00:00:00Z, or undefined while the host does not know. */
  now(): number | undefined;
}

/** What `Timers.set` returns; only `Timers.clear` looks into it. */
export type TimerHandle = unknown;

/**
 * One-shot timers. A delay further than `MAX_TIMER_DELAY` is legal: the host re-arms it. Callbacks run from the
 * host's event loop, never from inside `set`.
 */
export interface Timers {
  /** Calls `callback` once, `delay` milliseconds from now (0 or less: as soon as possible). */
  set(callback: () => void, delay: number): TimerHandle;
  /** Cancels; a handle that has run or is undefined is ignored. */
  clear(handle: TimerHandle): void;
}

/** The longest delay a host must arm in one piece: Node's setTimeout fires at once beyond 2³¹ ms. */
export const MAX_TIMER_DELAY = 2 ** 30;
