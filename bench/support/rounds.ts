import type { Effort } from "../benchmark.js";

/** Works for about `duration` ms. @returns how much it did a second */
export type Sample = (duration: number) => number | Promise<number>;

/** A round before the first, which is thrown away: compilers and windows have to warm up. */
const WARM_UP = "warming up";

/** The middle one, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The median of as many samples as the effort allows. */
export async function measure(effort: Effort, name: string, sample: Sample): Promise<number> {
  const values: number[] = [];
  for (const round of announcedRounds(effort, name)) {
    const value = await sample(effort.roundTime);
    if (round > 0) values.push(value);
  }
  return median(values);
}

/** What a thing does a second, and that divided by what the thing it is compared with does. */
export interface Comparison {
  readonly value: number;
  readonly ratio: number;
}

/**
 * Samples things in turn, so that what else the machine does meets all. A ratio is the median of the rounds' own
 * ratios, which a machine that changes its speed during the run does not distort.
 * @returns what `theirs` does a second, then each of `ours` compared with it
 */
export async function compare(
  effort: Effort,
  name: string,
  theirs: Sample,
  ...ours: readonly Sample[]
): Promise<readonly [number, ...Comparison[]]> {
  const rounds: number[][] = [];
  for (const round of announcedRounds(effort, name)) {
    const values: number[] = [];
    for (const sample of [theirs, ...ours]) values.push(await sample(effort.roundTime));
    if (round > 0) rounds.push(values);
  }
  const comparisons = ours.map((_, index) => ({
    value: median(rounds.map((values) => values[index + 1]!)),
    ratio: median(rounds.map((values) => values[index + 1]! / values[0]!)),
  }));
  return [median(rounds.map((values) => values[0]!)), ...comparisons];
}

/** Round 0 is the warm-up. */
function* announcedRounds({ rounds, progress }: Effort, name: string): Generator<number> {
  for (let round = 0; round <= rounds; round++) {
    progress(`${name}: ${round === 0 ? WARM_UP : `round ${round} of ${rounds}`}`);
    yield round;
  }
}
