// A discrete-event simulation: virtual time jumps from one scheduled event to the next. Before changing it, know what
// it promises: the same seed and the same calls give the same events in the same order, and virtual time stands still
// while any program inside has work left that it could do now.
import { NetworkError } from "../src/error/index.js";
import type { Clock, Timers } from "../src/host/index.js";
import { Arrivals } from "./arrivals.js";
import { milliseconds, type Duration } from "./duration.js";
import { EventQueue, ScheduledEvent } from "./event-queue.js";
import { FramePool } from "./frame.js";
import { SimulatedRandom } from "./random.js";

/** So many events at one moment can only be a loop that schedules itself with no delay. */
export const EVENTS_PER_MOMENT_LIMIT = 1_000_000;

/**
 * What divides a millisecond of virtual time: moments are on this grid, of about a nanosecond. A power of two, so that sums and
 * differences of moments are exact for 99 days: a clock that begins at a moment has come to its deadline when the event for it runs.
 */
const MOMENTS_PER_MILLISECOND = 2 ** 20;

/** How much virtual time `until` gives a condition unless told otherwise; longer than any handshake's retries. */
export const DEFAULT_PATIENCE: Duration = "60s";

export interface SimulationOptions {
  /** Decides every random draw; any number. */
  readonly seed?: number;
}

/**
 * Virtual time, its events, and the seed's random streams.
 *
 * Time moves only inside the calls below. The synchronous ones (`step`, `advance`, `advanceUntil`) are for programs
 * made of callbacks. `runFor` and `until` also serve programs that await: before each move of time they let one turn
 * of Node's event loop pass (about 1.4 µs), after which every promise that could settle has settled, however long
 * its chain, and they wait for what was handed to `task`.
 *
 * @example
 * const simulation = new Simulation({ seed: 7 });
 * simulation.schedule(1500, () => …);
 * await simulation.runFor("2s");
 */
export class Simulation implements Clock {
  readonly seed: number;
  /** The root stream: components draw from forks of it. */
  readonly random: SimulatedRandom;
  /** Where links keep the frames that are on their way. */
  readonly frames = new FramePool();
  /** Those frames, by when and where they arrive. */
  readonly arrivals = new Arrivals(this);
  /** One-shot timers on virtual time. */
  readonly timers: Timers;
  /**
   * Installed by who lets time pass as events come: one was scheduled that comes before all others, and no call that moves
   * time is running.
   */
  onSooner?: (() => void) | undefined;

  readonly #queue = new EventQueue();
  #now = 0;
  #eventsRun = 0;
  #running = false;
  #tasks = 0;
  #onTasksDone: (() => void) | undefined;

  constructor(options: SimulationOptions = {}) {
    this.seed = options.seed ?? 1;
    this.random = SimulatedRandom.fromSeed(this.seed);
    this.timers = {
      set: (callback, delay) => this.schedule(delay, callback),
      clear: (handle) => {
        if (handle instanceof ScheduledEvent) this.cancel(handle);
      },
    };
  }

  /** Virtual milliseconds since the simulation began. */
  now(): number {
    return this.#now;
  }

  /** When the next event is due, in virtual milliseconds; Infinity if none waits. */
  get nextEvent(): number {
    return this.#queue.nextTime;
  }

  /** How many events have run: with the time, the place in a run where something from outside happens. */
  get eventsRun(): number {
    return this.#eventsRun;
  }

  /** How many events wait, timers among them. */
  get pending(): number {
    return this.#queue.size;
  }

  /** How many events were scheduled since the simulation began. */
  get scheduled(): number {
    return this.#queue.added;
  }

  /**
   * Calls `callback` once, `delay` milliseconds from now (0 or less: still at this moment, after the events that wait
   * for it already). Events of the same time run in the order in which they were scheduled.
   *
   * @throws NetworkError EINVAL if `delay` is not a number
   */
  schedule(delay: number, callback: () => void): ScheduledEvent {
    const time = this.#now + delay;
    // Late in a long run the sum may be no later than now: whoever waits for the least while must not wait for ever.
    return this.scheduleAt(delay > 0 && time === this.#now ? time * (1 + Number.EPSILON) : time, callback);
  }

  /** `schedule` with the virtual time itself; one that has passed means now. */
  scheduleAt(time: number, callback: () => void): ScheduledEvent {
    if (Number.isNaN(time)) throw new NetworkError("EINVAL", "schedule event", String(time));
    const moment = time > this.#now ? onGrid(time) : this.#now;
    const isSooner = !this.#running && moment < this.#queue.nextTime;
    const event = this.#queue.add(moment, callback);
    if (isSooner) this.onSooner?.();
    return event;
  }

  /** An event that has run or was cancelled is ignored. */
  cancel(event: ScheduledEvent): void {
    this.#queue.remove(event);
  }

  /** Runs the next event, moving time to it. @returns false if there was none */
  step(): boolean {
    return this.#exclusively(() => {
      const event = this.#queue.nextTime === Infinity ? undefined : this.#queue.take();
      if (event === undefined) return false;
      this.#now = event.deadline;
      this.#eventsRun++;
      event.callback();
      return true;
    });
  }

  /** Moves time to `time`, or to the next event if that comes first, and runs nothing. */
  idleUntil(time: number): void {
    this.#exclusively(() => {
      const moment = Math.floor(time * MOMENTS_PER_MILLISECOND) / MOMENTS_PER_MILLISECOND;
      this.#now = Math.max(this.#now, Math.min(moment, this.#queue.nextTime));
    });
  }

  /** Runs all events of the next `duration` and leaves time at its end. */
  advance(duration: Duration): void {
    this.advanceUntil(() => false, { within: duration });
  }

  /**
   * Runs events until `condition` holds; it is asked first and after each moment's events.
   * @returns whether it came to hold within that time
   */
  advanceUntil(condition: () => boolean, options: { within?: Duration } = {}): boolean {
    const end = this.#now + milliseconds(options.within ?? DEFAULT_PATIENCE);
    return this.#exclusively(() => {
      while (!condition()) {
        if (!this.#runMoment(end)) return false;
      }
      return true;
    });
  }

  /** `advance` for programs that await. */
  async runFor(duration: Duration): Promise<void> {
    await this.#runUntil(() => false, this.#now + milliseconds(duration));
  }

  /**
   * `advanceUntil` for programs that await.
   * @throws NetworkError ETIMEDOUT if `condition` does not hold within that virtual time
   */
  async until(condition: () => boolean, options: { within?: Duration } = {}): Promise<void> {
    const within = milliseconds(options.within ?? DEFAULT_PATIENCE);
    if (!(await this.#runUntil(condition, this.#now + within))) {
      const detail = `not within ${within} ms of virtual time (seed ${this.seed})`;
      throw new NetworkError("ETIMEDOUT", "wait until", String(condition), detail);
    }
  }

  /**
   * Holds virtual time still until `work`, which goes on outside of it (TLS, a file, another thread), is settled.
   * Only `runFor` and `until` wait.
   * @returns a promise that settles as `work` does
   */
  task<T>(work: Promise<T>): Promise<T> {
    this.#tasks++;
    return work.finally(() => {
      if (--this.#tasks === 0) this.#onTasksDone?.();
    });
  }

  async #runUntil(condition: () => boolean, end: number): Promise<boolean> {
    this.#enter();
    try {
      for (;;) {
        await this.#settled();
        if (condition()) return true;
        if (!this.#runMoment(end)) return false;
      }
    } finally {
      this.#running = false;
    }
  }

  /** Moves to the next moment that has events and runs them all. @returns false, with time at `end`, if none is left */
  #runMoment(end: number): boolean {
    const moment = this.#queue.nextTime;
    if (moment > end || moment === Infinity) {
      this.#now = end;
      return false;
    }
    this.#now = moment;
    for (let count = 0; this.#queue.nextTime === moment; count++) {
      if (count === EVENTS_PER_MOMENT_LIMIT) {
        throw new NetworkError(
          "ETIMEDOUT",
          "run events",
          `at ${moment} ms`,
          "an event schedules itself without delay",
        );
      }
      this.#eventsRun++;
      this.#queue.take()?.callback();
    }
    return true;
  }

  /** Resolves when no promise can settle any more without outside help and no task is left. */
  async #settled(): Promise<void> {
    await turnOfEventLoop();
    while (this.#tasks > 0) {
      await new Promise<void>((resolve) => (this.#onTasksDone = resolve));
      await turnOfEventLoop();
    }
  }

  #enter(): void {
    if (this.#running) {
      throw new NetworkError("EINVAL", "advance time", undefined, "the simulation is running already");
    }
    this.#running = true;
  }

  #exclusively<T>(run: () => T): T {
    this.#enter();
    try {
      return run();
    } finally {
      this.#running = false;
    }
  }
}

/** Node empties the microtask queue, whatever it grows to meanwhile, before it takes the next macrotask. */
function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The first moment that is not before `time`. */
function onGrid(time: number): number {
  return Math.ceil(time * MOMENTS_PER_MILLISECOND) / MOMENTS_PER_MILLISECOND;
}
