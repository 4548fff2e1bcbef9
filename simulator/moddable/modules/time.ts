import type { ModuleHost } from "./module-host.js";

/** A host's time of day, which an app may set on a board. */
export class WallTime {
  #offset = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Ms since 1970. */
  now(): number {
    return this.#now() + this.#offset;
  }

  set(now: number): void {
    this.#offset = now - this.#now();
  }
}

/** `time`. On a board, ticks are those of a counter of 32 bits; in the desktop simulator they are the time of day. */
export function createTime({ platform, host }: ModuleHost, wallTime: WallTime) {
  const isBoard = platform === "esp32";
  const ticks = (): number => (isBoard ? host.clock.now() | 0 : Math.floor(wallTime.now()));
  const zone = { timezone: isBoard ? 0 : undefined, dst: isBoard ? 0 : undefined };
  return {
    get ticks() {
      return ticks();
    },
    delta: (start: number, end: number = ticks()) => (isBoard ? (end - start) | 0 : end - start),
    /** @param seconds since 1970; in the desktop simulator it does nothing */
    set: (seconds: number) => {
      if (isBoard) wallTime.set((Number(seconds) >>> 0) * 1000);
    },
    get timezone() {
      return zone.timezone;
    },
    set timezone(seconds: number | undefined) {
      if (isBoard) zone.timezone = Number(seconds) | 0;
    },
    get dst() {
      return zone.dst;
    },
    set dst(seconds: number | undefined) {
      if (isBoard) zone.dst = Number(seconds) | 0;
    },
  };
}

/** `microseconds`. */
export function createMicroseconds({ host }: ModuleHost) {
  return {
    get: () => host.clock.now() * 1000,
    delta: (start: number, end = host.clock.now() * 1000) => end - start,
  };
}
