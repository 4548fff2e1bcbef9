import { milliseconds, type Duration } from "./duration.js";
import type { Frame } from "./frame.js";
import type { Simulation } from "./simulation.js";

/** Frames that wait for a slow processor at most: the receive descriptors of an ESP32's Ethernet driver, unless told otherwise. */
export const DEFAULT_BACKLOG = 10;

export interface ProcessorOptions {
  /** What each received frame takes. */
  readonly frameTime: Duration;
  /** Frames that wait at most, further ones are lost; absent: DEFAULT_BACKLOG. */
  readonly backlog?: number;
}

/** A processor that takes its time: frames wait for it, and the host does nothing else meanwhile. */
export class Processor {
  readonly #simulation: Simulation;
  readonly #frameTime: number;
  readonly #backlog: number;
  #waiting = 0;
  #busyUntil = 0;
  #overruns = 0;

  constructor(simulation: Simulation, { frameTime, backlog = DEFAULT_BACKLOG }: ProcessorOptions) {
    this.#simulation = simulation;
    this.#frameTime = milliseconds(frameTime);
    this.#backlog = backlog;
  }

  /** In virtual ms. */
  get busyUntil(): number {
    return this.#busyUntil;
  }

  /** Frames lost for want of time. */
  get overruns(): number {
    return this.#overruns;
  }

  /** Holds the frame until its turn has come and `handle` is done with it. */
  take(frame: Frame, handle: () => void): void {
    if (this.#waiting >= this.#backlog) {
      this.#overruns++;
      return;
    }
    this.#waiting++;
    this.#busyUntil = Math.max(this.#busyUntil, this.#simulation.now()) + this.#frameTime;
    frame.retain();
    this.#simulation.scheduleAt(this.#busyUntil, () => {
      this.#waiting--;
      handle();
      frame.release();
    });
  }
}
