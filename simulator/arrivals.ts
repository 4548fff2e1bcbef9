import type { Frame } from "./frame.js";
import type { Simulation } from "./simulation.js";

/** Where a frame arrives. */
export interface Destination {
  /** The destination borrows the frame, or retains it. @param departure what the sender gave with it */
  arrive(frame: Frame, departure: number): void;
}

/** One frame on its way to all who get it at the same moment; it holds the frame once for all of them. */
class Arrival {
  readonly #destinations: Destination[] = [];
  readonly #departures: number[] = [];

  constructor(
    readonly frame: Frame,
    readonly time: number,
  ) {
    frame.retain();
  }

  add(destination: Destination, departure: number): void {
    this.#destinations.push(destination);
    this.#departures.push(departure);
  }

  run(): void {
    const destinations = this.#destinations;
    for (let index = 0; index < destinations.length; index++)
      destinations[index]!.arrive(this.frame, this.#departures[index]!);
    this.frame.release();
  }
}

/**
 * Frames on their way. What a switch sends to all its ports arrives there in one event: with hundreds of hosts on a link,
 * nearly all that happens is that they hear each other's broadcasts.
 */
export class Arrivals {
  readonly #simulation: Simulation;
  /** The one scheduled last, while it waits. */
  #last: Arrival | undefined;
  /** What `Simulation.scheduled` was when it had been. */
  #scheduled = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /**
   * Has `frame` arrive at `destination`; the caller keeps its own hold on it.
   * @param wait virtual ms from now
   * @param departure for the destination to tell which of its frames this is
   */
  schedule(frame: Frame, wait: number, destination: Destination, departure: number): void {
    const simulation = this.#simulation;
    const time = simulation.now() + wait;
    const last = this.#last;
    // Only what nothing was scheduled after: else the order of events would be another.
    if (
      last !== undefined &&
      last.frame === frame &&
      last.time === time &&
      simulation.scheduled === this.#scheduled
    ) {
      last.add(destination, departure);
      return;
    }
    const arrival = new Arrival(frame, time);
    arrival.add(destination, departure);
    simulation.scheduleAt(time, () => {
      if (this.#last === arrival) this.#last = undefined;
      arrival.run();
    });
    this.#last = arrival;
    this.#scheduled = simulation.scheduled;
  }
}
