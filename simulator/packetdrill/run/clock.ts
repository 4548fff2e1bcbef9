import type { Simulation } from "../../simulation.js";
import { toMicroseconds } from "./timing.js";

/** A script's time: µs of virtual time since it began. */
export class ScriptClock {
  readonly #simulation: Simulation;
  /** When it began, in virtual ms. */
  readonly #begin: number;
  /** Called after each moment that time moved to. */
  readonly #afterMoment: () => void;

  constructor(simulation: Simulation, afterMoment: () => void) {
    this.#simulation = simulation;
    this.#begin = simulation.now();
    this.#afterMoment = afterMoment;
  }

  get now(): number {
    return this.timeOf(this.#simulation.now());
  }

  /** @param moment virtual ms. @returns the same in the script's time */
  timeOf(moment: number): number {
    return toMicroseconds(moment - this.#begin);
  }

  /** Makes sure that time stops at `moment` (virtual ms), whatever the stack has to do then. */
  wakeAt(moment: number): void {
    this.#simulation.scheduleAt(moment, () => undefined);
  }

  /** Lets the stack finish what it can do without time going on. */
  settle(): void {
    this.#advance(() => false, 0);
  }

  /** Moves to `time`; what the stack does at that very moment comes first. A time that has passed is now. */
  advanceTo(time: number): void {
    this.runUntil(() => false, time);
    this.settle();
  }

  /** Lets time go on until `condition` holds, up to `deadline`. @returns whether it does */
  runUntil(condition: () => boolean, deadline: number): boolean {
    let isOver = false;
    // An event of its own, since a sum of floating-point times would not hit the moment exactly.
    const end = this.#simulation.scheduleAt(this.#begin + deadline / 1000, () => (isOver = true));
    this.#advance(() => isOver || condition(), Math.max(0, deadline - this.now) / 1000 + 1);
    this.#simulation.cancel(end);
    return condition();
  }

  #advance(isDone: () => boolean, within: number): void {
    this.#simulation.advanceUntil(
      () => {
        this.#afterMoment();
        return isDone();
      },
      { within },
    );
  }
}
