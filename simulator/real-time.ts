import type { Simulation } from "./simulation.js";

/** Node's setTimeout fires at once beyond 2³¹ ms; events further away are looked at again. */
const MAX_SLEEP = 60_000;

/**
 * Lets virtual time pass as fast as real time does, for a simulation that people or programs outside of it talk to.
 * Between events nothing runs.
 *
 * @example
 * const pace = new RealTime(simulation);
 * socket.on("data", (bytes) => pace.now(() => simulatedSocket.write(bytes)));
 * pace.stop();
 */
export class RealTime {
  readonly #simulation: Simulation;
  /** What `performance.now()` was when virtual time was 0. */
  readonly #origin: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#origin = performance.now() - simulation.now();
    // Programs that await go on between the calls of `now`.
    simulation.onSooner = () => this.#arm();
    this.#arm();
  }

  /** Brings virtual time up to date, then calls `action`, which may do anything to the simulated hosts. */
  now(action: () => void): void {
    if (this.#stopped) return;
    this.#catchUp();
    action();
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#simulation.onSooner = undefined;
    clearTimeout(this.#timer);
  }

  #catchUp(): void {
    const behind = performance.now() - this.#origin - this.#simulation.now();
    if (behind > 0) this.#simulation.advance(behind);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const due = this.#simulation.nextEvent + this.#origin - performance.now();
    this.#timer = setTimeout(
      () => {
        this.now(() => undefined);
      },
      Math.min(MAX_SLEEP, Math.max(0, Math.ceil(due))),
    );
  }
}
