import type { Schedule } from "../lan/index.js";

/** Of the seeds of a problem, so many are named. */
const SEEDS_SHOWN = 10;

/** A seed that failed. */
export interface FailedSeed {
  readonly seed: number;
  readonly reason: string;
  readonly schedule: Schedule;
}

/** A kind of failure: the message is the same, but for its figures. */
export interface Problem {
  /** Of the first of its seeds. */
  readonly reason: string;
  /** All that fail so, the first one first. */
  readonly seeds: readonly number[];
  /** For its first seed: a schedule that fails so, too, as short as was found. */
  readonly schedule: Schedule;
  /** Faults of the schedule that was drawn. */
  readonly drawn: number;
  /** Runs that the shrinking took; 0: it was not tried. */
  readonly runs: number;
  /** A jest test that fails so. */
  readonly test: string;
}

/** What came of an exploration. */
export class Exploration {
  readonly seeds: number;
  readonly failed: readonly FailedSeed[];
  /** By their first seeds. */
  readonly problems: readonly Problem[];
  /** Of the simulations, the shrinking's apart. */
  readonly events: number;
  /** Virtual ms of all runs. */
  readonly virtualTime: number;
  /** Real ms for the seeds, the shrinking's apart. */
  readonly time: number;

  constructor(what: Pick<Exploration, "seeds" | "failed" | "problems" | "events" | "virtualTime" | "time">) {
    this.seeds = what.seeds;
    this.failed = what.failed;
    this.problems = what.problems;
    this.events = what.events;
    this.virtualTime = what.virtualTime;
    this.time = what.time;
  }

  get passed(): number {
    return this.seeds - this.failed.length;
  }

  /** In real time. */
  get eventsPerSecond(): number {
    return this.time === 0 ? 0 : Math.round((this.events / this.time) * 1000);
  }

  /** For tests: @throws Error with the report if a seed has failed */
  check(): void {
    if (this.failed.length > 0) throw new Error(this.toString());
  }

  /** What is to be known by a person: a summary, and a test to paste for each problem. */
  toString(): string {
    return [this.#summary(), ...this.problems.map((problem, index) => describe(problem, index + 1))].join(
      "\n",
    );
  }

  /** What --json prints. */
  toJSON(): object {
    const { seeds, passed, failed, problems, events, virtualTime, time, eventsPerSecond } = this;
    return { seeds, passed, failed, problems, events, virtualTime, time, eventsPerSecond };
  }

  #summary(): string {
    const { seeds, passed, failed, events, virtualTime, time, eventsPerSecond } = this;
    const spent = `${(time / 1000).toFixed(1)} s for ${Math.round(virtualTime / 1000)} s of virtual time`;
    return `${seeds} seeds: ${passed} passed, ${failed.length} failed; ${spent}, ${events} events, ${eventsPerSecond} a second`;
  }
}

function describe({ reason, seeds, schedule, drawn, runs, test }: Problem, number: number): string {
  const shown = seeds.slice(0, SEEDS_SHOWN).join(", ");
  const more = seeds.length > SEEDS_SHOWN ? ` and ${seeds.length - SEEDS_SHOWN} more` : "";
  const shrunk =
    runs === 0 ? `${drawn} faults` : `${schedule.length} of ${drawn} faults are left, after ${runs} runs`;
  return `
Problem ${number}, with seed ${shown}${more}:
  ${reason.replaceAll("\n", "\n  ")}
Seed ${seeds[0]!}: ${shrunk}. A test that fails so:

${test}`;
}
