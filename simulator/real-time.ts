import type { Simulation } from "./simulation.js";

/** Node's setTimeout fires at once beyond 2³¹ ms; events further away are looked at again. */
const MAX_SLEEP = 60_000;

/** In ms of this machine: so long events run in a row before its sockets and timers have their turn. */
const TURN = 5;

/** In ms of this machine: what `now` may take to bring virtual time up to date; the rest follows in later turns. */
const CATCH_UP = 20;

/**
 * In ms of this machine: a simulation that is further behind does not make up for it, but goes on from where it is. Else a
 * burst of work, or a computer that slept, would be followed by time that flies.
 */
const MAX_LAG = 1_000;

/** A place in a run: a virtual time, and which of that moment's events have run. */
export interface Place {
  /** Virtual ms. */
  readonly time: number;
  /** How many events have run before, since the simulation began; absent: all until that time. */
  readonly event?: number;
}

interface Planned {
  readonly place: Place;
  readonly action: () => void;
}

/**
 * Lets virtual time pass as fast as real time does, or at another speed, for a simulation that people or programs outside of
 * it talk to. Between events nothing runs, and before each moment everybody who awaits something has had a turn.
 *
 * @example
 * const pace = new RealTime(simulation);
 * socket.on("data", (bytes) => pace.now(() => simulatedSocket.write(bytes)));
 * pace.speed = 10;
 * pace.stop();
 */
export class RealTime {
  readonly #simulation: Simulation;
  #speed = 1;
  #isPaused = false;
  /** Where the two times were last known to be: virtual time, and `performance.now()`. */
  #virtual = 0;
  #real = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #stopped = false;
  #planned: readonly Planned[] = [];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#meet();
    // Programs that await go on between the calls of `now`.
    simulation.onSooner = () => this.#arm();
    this.#arm();
  }

  /** Virtual milliseconds for each real one; Infinity: as fast as it goes. */
  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#catchUp();
    this.#speed = speed;
    this.#meet();
    this.#arm();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Holds virtual time where it is. `now` goes on to work, at that one moment. */
  pause(): void {
    if (this.#isPaused) return;
    this.#catchUp();
    this.#isPaused = true;
    this.#arm();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#meet();
    this.#arm();
  }

  /** Pauses, then runs the next event, or what is planned before it. @returns false if there is neither */
  step(): boolean {
    this.pause();
    return this.#runNext(Infinity);
  }

  /** Where the run is. */
  get place(): Required<Place> {
    return { time: this.#simulation.now(), event: this.#simulation.eventsRun };
  }

  /**
   * Calls `action` at a place that the run has not come to yet; what is planned must be planned in its order. In a run that
   * goes otherwise than the one that the place was taken from, the time decides.
   */
  plan(place: Place, action: () => void): void {
    this.#planned = [...this.#planned, { place, action }];
    this.#arm();
  }

  /** Whether anything planned has not come yet. */
  get hasPlans(): boolean {
    return this.#planned.length > 0;
  }

  /** Brings virtual time up to date, then calls `action`, which may do anything to the simulated hosts. */
  now(action: () => void): void {
    if (this.#stopped) return;
    this.#catchUp();
    action();
    this.#arm();
  }

  /**
   * Calls `action` at the place where the run is, whatever is due: so it can be planned for that place in another run.
   * @returns what it returns, and throws what it throws
   */
  here<T>(action: () => T): T {
    const target = this.#target();
    if (target !== Infinity && !this.hasPlans) this.#simulation.idleUntil(target);
    try {
      return action();
    } finally {
      this.#arm();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#simulation.onSooner = undefined;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  /** The two times are from here on what they are at this moment. */
  #meet(): void {
    this.#virtual = this.#simulation.now();
    this.#real = performance.now();
  }

  /** What virtual time should be now. */
  #target(): number {
    if (this.#isPaused || this.#stopped) return this.#simulation.now();
    return this.#speed === Infinity
      ? Infinity
      : this.#virtual + (performance.now() - this.#real) * this.#speed;
  }

  #catchUp(): void {
    const deadline = performance.now() + CATCH_UP;
    const target = this.#target();
    // As fast as it goes, time is never behind.
    if (target === Infinity || this.#isPaused) return;
    while (this.#runNext(target)) {
      if (performance.now() > deadline) return;
    }
    if (!this.hasPlans) this.#simulation.idleUntil(target);
  }

  /** Runs the next event, or what is planned before it, if its time comes until `end`. @returns false if it does not */
  #runNext(end: number): boolean {
    const simulation = this.#simulation;
    const { nextEvent } = simulation;
    const [first] = this.#planned;
    if (first !== undefined) {
      const { time, event = Infinity } = first.place;
      if (nextEvent > time || (nextEvent === time && simulation.eventsRun >= event)) {
        if (time > end) return false;
        simulation.idleUntil(time);
        this.#planned = this.#planned.slice(1);
        first.action();
        return true;
      }
    }
    return nextEvent <= end && simulation.step();
  }

  /** Runs the events of a moment, or as many as a turn has time for. */
  #takeTurn(): void {
    const simulation = this.#simulation;
    const deadline = performance.now() + TURN;
    const target = this.#target();
    while (this.#runNext(target)) {
      if (simulation.nextEvent > simulation.now() || performance.now() > deadline) break;
    }
    if (target - simulation.now() > MAX_LAG * this.#speed && simulation.nextEvent <= target) this.#meet();
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    if (this.#stopped || this.#isPaused) return;
    const next = Math.min(this.#simulation.nextEvent, this.#planned[0]?.place.time ?? Infinity);
    if (next === Infinity) return;
    const wait =
      this.#speed === Infinity ? 0 : (next - this.#virtual) / this.#speed + this.#real - performance.now();
    if (wait <= 0) this.#turn = setImmediate(() => this.#takeTurn());
    else this.#timer = setTimeout(() => this.#takeTurn(), Math.min(MAX_SLEEP, Math.ceil(wait)));
  }
}
