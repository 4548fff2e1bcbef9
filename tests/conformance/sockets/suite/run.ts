import { CaseFailure } from "./assert.js";
import { skipReason, type Closeable, type Env, type Lacks, type SocketCase, type Topic } from "./case.js";
import { ALL_TOPICS } from "./cases/index.js";

/** What a provider gives for one case: everything of `Env` but what the runner adds. */
export type World = Omit<Env, "wait" | "quiet" | "use"> & {
  /** How long `quiet` waits, in ms. */
  readonly quietTime: number;
  /** After so many ms a case has failed. */
  readonly patience: number;
  /** Takes the world down. */
  close(): Promise<void>;
};

/** Runs one case in a world of its own, and takes that down. @throws what the case throws */
export async function runCase(test: SocketCase, world: World): Promise<void> {
  const { timers } = world.provider;
  const used: Closeable[] = [];
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void timers.set(resolve, ms));
  const env: Env = {
    ...world,
    wait,
    quiet: () => wait(world.quietTime),
    use(resource) {
      used.push(resource);
      return resource;
    },
  };
  let timer: unknown;
  const limit = new Promise<never>((_, reject) => {
    const late = new CaseFailure(`it is not over within ${world.patience} ms`);
    timer = timers.set(() => reject(late), world.patience);
  });
  try {
    await Promise.race([test.run(env), limit]);
  } finally {
    timers.clear(timer);
    for (const resource of used) await resource.close();
    await world.peer.close();
    await world.close();
  }
}

export interface ReportOptions {
  readonly lacks: Lacks;
  /** Makes the world of one case. */
  open(): Promise<World>;
  /** Takes one line of the report, without its end. */
  print(line: string): void;
  /** Absent: all. */
  readonly topics?: readonly Topic[];
}

/**
 * Runs all cases, one after the other, and reports in the manner of the Test Anything Protocol:
 *
 *     1..3
 *     ok 1 - receiving: recv waits while there is no data
 *     not ok 2 - receiving: …
 *     # recv: 3 instead of 4
 *     ok 3 - … # SKIP it has no half-close
 *
 * @returns how many have failed
 */
export async function runSuite({ lacks, open, print, topics = ALL_TOPICS }: ReportOptions): Promise<number> {
  print(`1..${topics.reduce((sum, { cases }) => sum + cases.length, 0)}`);
  let number = 0;
  let failures = 0;
  for (const { name: topic, cases } of topics) {
    for (const test of cases) {
      const line = `${++number} - ${topic}: ${test.name}`;
      const reason = skipReason(test, lacks);
      if (reason !== undefined) {
        print(`ok ${line} # SKIP ${reason}`);
        continue;
      }
      try {
        await runCase(test, await open());
        print(`ok ${line}`);
      } catch (error) {
        failures++;
        print(`not ok ${line}`);
        print(`# ${String(error)}`);
      }
    }
  }
  return failures;
}
