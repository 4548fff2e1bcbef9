import { milliseconds, type Duration } from "../duration.js";
import { FAULT_KINDS, type FaultSpec } from "../faults/index.js";
import type { Schedule, ScheduledFault } from "../lan/index.js";
import { span } from "./span.js";

/** How many runs a schedule is worth: a dozen faults and their figures need fewer. */
export const SHRINK_LIMIT = 400;

/** Whether a schedule still fails, in the same way. */
export type Fails = (schedule: Schedule) => Promise<boolean>;

export interface Shrunk {
  readonly schedule: Schedule;
  /** Runs that it took. */
  readonly runs: number;
}

/**
 * Makes a failing schedule short: leaves out what it fails without, then makes times and figures smaller or rounder.
 * @returns one that fails too, of which nothing can be left out if there were enough runs to find that out
 */
export async function shrink(schedule: Schedule, fails: Fails, limit = SHRINK_LIMIT): Promise<Shrunk> {
  let runs = 0;
  const tried: Fails = async (candidate) => runs < limit && (runs++, fails(candidate));
  const fewer = (await tried([])) ? [] : await leaveOut(schedule, tried);
  const simple = await simplify(fewer, tried);
  return { schedule: simple, runs };
}

/** Delta debugging (Zeller and Hildebrandt 2002, ddmin): pieces are left out, smaller and smaller ones. */
async function leaveOut(schedule: Schedule, fails: Fails): Promise<Schedule> {
  let kept = schedule;
  for (let pieces = 2; kept.length > 1;) {
    const size = Math.ceil(kept.length / pieces);
    const shorter = await firstThat(
      fails,
      starts(kept.length, size).map((at) => without(kept, at, size)),
    );
    if (shorter !== undefined) {
      kept = shorter;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) {
      break;
    } else {
      pieces = Math.min(kept.length, 2 * pieces);
    }
  }
  return kept;
}

function starts(length: number, size: number): number[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, piece) => piece * size);
}

function without(schedule: Schedule, at: number, count: number): Schedule {
  return [...schedule.slice(0, at), ...schedule.slice(at + count)];
}

async function firstThat(fails: Fails, candidates: readonly Schedule[]): Promise<Schedule | undefined> {
  for (const candidate of candidates) if (await fails(candidate)) return candidate;
  return undefined;
}

/** Goes through the entries until none can be made simpler. */
async function simplify(schedule: Schedule, fails: Fails): Promise<Schedule> {
  let best = schedule;
  for (let isSimpler = true; isSimpler;) {
    isSimpler = false;
    for (let index = 0; index < best.length; index++) {
      const candidates = simplerThan(best[index]!).map((entry) =>
        best.map((each, at) => (at === index ? entry : each)),
      );
      const simpler = await firstThat(fails, candidates);
      if (simpler === undefined) continue;
      best = simpler;
      isSimpler = true;
      // The same entry again.
      index--;
    }
  }
  return best;
}

/** Entries that are simpler than this one in one thing, the simplest first. Each is simpler for good, so that there is an end. */
function simplerThan(entry: ScheduledFault): ScheduledFault[] {
  const { at, lasting, fault } = entry;
  return [
    ...simplerFaults(fault).map((simpler) => ({ ...entry, fault: simpler })),
    ...simplerTimes(milliseconds(at), 0).map((time) => ({ ...entry, at: span(time) })),
    ...(lasting === undefined ? [] : simplerTimes(milliseconds(lasting), 1)).map((time) => ({
      ...entry,
      lasting: span(time),
    })),
  ];
}

/** Less, or not as exact: with fewer digits, or smaller with no more of them, so that no way leads back. */
function simplerTimes(time: number, least: number): number[] {
  const candidates = [
    ...[least, rounded(Math.floor(time / 2), 1), rounded(time, 1)],
    ...[rounded(Math.floor(time * 0.75), 2), rounded(time, 2)],
  ];
  const digits = digitsOf(time);
  return [...new Set(candidates)].filter(
    (each) => each >= least && (digitsOf(each) < digits || (digitsOf(each) === digits && each < time)),
  );
}

function simplerFaults(fault: FaultSpec): FaultSpec[] {
  if (typeof fault === "string") return [];
  const [[name, given] = ["", undefined]] = Object.entries(fault);
  const figures = FAULT_KINDS[name]?.figures;
  if (figures === undefined) return [];
  const names = Object.keys(figures);
  const values =
    typeof given === "object" && given !== null ? (given as Record<string, unknown>) : { [names[0]!]: given };
  const faults: Readonly<Record<string, Record<string, unknown>>>[] = [];
  for (const [figure, value] of Object.entries(values)) {
    const { kind, fallback } = figures[figure]!;
    const others = Object.fromEntries(Object.entries(values).filter(([each]) => each !== figure));
    if (fallback !== undefined) faults.push({ [name]: others });
    for (const simpler of simplerFigures(kind, value))
      faults.push({ [name]: { ...values, [figure]: simpler } });
  }
  return faults.map(shortest);
}

function simplerFigures(kind: unknown, value: unknown): unknown[] {
  if (kind === "duration") {
    const time = milliseconds(value as Duration);
    return simplerTimes(time, 0).map(span);
  }
  if (typeof value !== "number") return [];
  // What happens always is easier to understand than what happens sometimes.
  if (kind === "probability")
    return value === 1
      ? []
      : [1, rounded(value, 1)].filter((each) => each === 1 || digitsOf(each) < digitsOf(value));
  return [1, 2].map((digits) => rounded(value, digits)).filter((each) => digitsOf(each) < digitsOf(value));
}

/** `{ loss: 1 }` for `{ loss: { probability: 1 } }`. */
function shortest(fault: Readonly<Record<string, Record<string, unknown>>>): FaultSpec {
  const [[name, values]] = Object.entries(fault) as [[string, Record<string, unknown>]];
  const [only, ...others] = Object.entries(values);
  if (only === undefined || others.length > 0 || only[0] !== Object.keys(FAULT_KINDS[name]!.figures)[0])
    return fault;
  return { [name]: only[1] };
}

function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** Significant ones. */
function digitsOf(value: number): number {
  return value.toExponential().replace(/e.*|\./g, "").length;
}
