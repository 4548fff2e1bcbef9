import { availableParallelism } from "node:os";
import { NetworkError } from "../../src/error/index.js";
import { MAX_SEED } from "../lan/index.js";
import type { Attempt, ExploreScenario } from "./attempt.js";
import { checkMenu, type FaultMenu } from "./draw.js";
import type { ScenarioModule } from "./load.js";
import { testToPaste } from "./paste.js";
import { progressBar } from "./progress.js";
import { Exploration, type Problem } from "./report.js";
import { LocalRunner, type Runner } from "./runner.js";
import { parseShard, seedsOf } from "./shard.js";
import { ThreadRunner } from "./thread-runner.js";

/** Enough to meet what happens in one run of thirty. */
export const DEFAULT_SEEDS = 100;

/** Kinds of failures whose schedules are shrunk: whoever has more has work to do first. */
export const MAX_SHRUNK = 5;

export interface ExploreOptions extends FaultMenu {
  /** How many; absent: DEFAULT_SEEDS. */
  readonly seeds?: number;
  /** The first of them; absent: 1. */
  readonly first?: number;
  /** "2/8": this is the second of eight machines, and runs each eighth seed. */
  readonly shard?: string;
  /** Threads, where the scenario is a module's; absent: as many as there are cores. */
  readonly workers?: number;
  /** Runs each seed twice, and fails if the two differ; absent: false. */
  readonly twice?: boolean;
  /** Real ms that a seed may take in a thread; absent: SEED_LIMIT. */
  readonly limit?: number;
  /** Whether a terminal shows how far it is; absent: true. */
  readonly progress?: boolean;
}

/**
 * Runs a scenario with many seeds, each with faults of its own, and makes the schedules of those that fail short.
 *
 * @param scenario a function runs on this thread; a module's export on several
 * @throws NetworkError EINVAL for options or a scenario that make no sense
 * @example
 * const exploration = await explore({ seeds: 500, within: "2m" }, { module: require.resolve("./boot.js") });
 * exploration.check();
 */
export async function explore(
  options: ExploreOptions,
  scenario: ExploreScenario | ScenarioModule,
): Promise<Exploration> {
  const seeds = checkOptions(options);
  const { twice = false, workers = availableParallelism() } = options;
  const run = { menu: menuOf(options), twice };
  const module = typeof scenario === "function" ? undefined : scenario;
  const runners: Runner[] =
    typeof scenario === "function"
      ? [new LocalRunner(scenario, run)]
      : Array.from(
          { length: Math.max(1, Math.min(workers, seeds.length)) },
          () => new ThreadRunner({ scenario, options: run }, options.limit),
        );
  try {
    const begin = performance.now();
    const attempts = await runAll(runners, seeds, options.progress !== false);
    const time = performance.now() - begin;
    const failures = attempts.filter(({ failure }) => failure !== undefined);
    return new Exploration({
      seeds: seeds.length,
      failed: failures.map(({ seed, failure, schedule }) => ({ seed, reason: failure!.reason, schedule })),
      problems: await findProblems(runners, failures, module),
      events: sum(attempts, ({ events }) => events),
      virtualTime: sum(attempts, (attempt) => attempt.time),
      time,
    });
  } finally {
    for (const runner of runners) runner.close();
  }
}

/** @returns the seeds @throws NetworkError EINVAL */
function checkOptions(options: ExploreOptions): number[] {
  const { seeds = DEFAULT_SEEDS, first = 1, shard, workers = 1, limit = 1 } = options;
  checkMenu(options);
  const counts = { seeds, workers, limit };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 1)
      throw new NetworkError("EINVAL", "explore", `${name}: ${count}`, "want a whole number from 1");
  }
  if (!Number.isInteger(first) || first < 0 || first + seeds - 1 > MAX_SEED)
    throw new NetworkError("EINVAL", "explore", `first: ${first}`, `want seeds from 0 to ${MAX_SEED}`);
  return seedsOf(first, seeds, shard === undefined ? undefined : parseShard(shard));
}

/** Without what threads cannot be given. */
function menuOf({ faults, on, most, within, lasting }: ExploreOptions): FaultMenu {
  return {
    ...(faults !== undefined && { faults }),
    ...(on !== undefined && { on }),
    ...(most !== undefined && { most }),
    ...(within !== undefined && { within }),
    ...(lasting !== undefined && { lasting }),
  };
}

/** @returns in the order of the seeds, whoever ran them */
async function runAll(
  runners: readonly Runner[],
  seeds: readonly number[],
  isShown: boolean,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const bar = isShown ? progressBar(process.stderr) : undefined;
  const begin = performance.now();
  let [next, done, failed] = [0, 0, 0];
  await Promise.all(
    runners.map(async (runner) => {
      while (next < seeds.length) {
        const index = next++;
        const attempt = (attempts[index] = await runner.run(seeds[index]!));
        done++;
        if (attempt.failure !== undefined) failed++;
        bar?.show({ done, total: seeds.length, failed, time: performance.now() - begin });
      }
    }),
  ).finally(() => bar?.clear());
  return attempts;
}

/** Gathers failures by their kinds, and shrinks the first of each. */
async function findProblems(
  runners: readonly Runner[],
  failures: readonly Attempt[],
  module: ScenarioModule | undefined,
): Promise<Problem[]> {
  const kinds = new Map<string, Attempt[]>();
  for (const failed of failures) {
    const { kind } = failed.failure!;
    kinds.set(kind, [...(kinds.get(kind) ?? []), failed]);
  }
  const groups = [...kinds.values()];
  const problems: Problem[] = [];
  let next = 0;
  await Promise.all(
    runners.map(async (runner) => {
      while (next < groups.length) {
        const index = next++;
        const [first] = groups[index] as [Attempt];
        const isShrunk = index < MAX_SHRUNK;
        const { schedule, runs } = isShrunk
          ? await runner.shrink(first)
          : { schedule: first.schedule, runs: 0 };
        problems[index] = {
          reason: first.failure!.reason,
          seeds: groups[index]!.map(({ seed }) => seed),
          schedule,
          drawn: first.schedule.length,
          runs,
          test: testToPaste(module, first.seed, schedule),
        };
      }
    }),
  );
  return problems;
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
