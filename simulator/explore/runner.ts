import { attempt, type Attempt, type ExploreScenario } from "./attempt.js";
import type { Schedule } from "../lan/index.js";
import type { FaultMenu } from "./draw.js";
import { shrink, type Shrunk } from "./shrink.js";

/** How each seed is run. */
export interface RunOptions {
  readonly menu: FaultMenu;
  /** Whether each is run twice, and fails if the two differ. */
  readonly twice: boolean;
}

/** Runs seeds, wherever. */
export interface Runner {
  run(seed: number): Promise<Attempt>;
  /** @param failed what `run` has given */
  shrink(failed: Attempt): Promise<Shrunk>;
  close(): void;
}

/** On this thread. */
export class LocalRunner implements Runner {
  /** @param onDrawn told each schedule before it is run */
  constructor(
    private readonly scenario: ExploreScenario,
    private readonly options: RunOptions,
    private readonly onDrawn?: (schedule: Schedule) => void,
  ) {}

  async run(seed: number): Promise<Attempt> {
    const { menu, twice } = this.options;
    const first = await attempt(this.scenario, seed, { menu, fingerprint: twice, onDrawn: this.onDrawn });
    if (!twice || first.failure !== undefined) return first;
    const second = await attempt(this.scenario, seed, { schedule: first.schedule, fingerprint: true });
    if (second.fingerprint === first.fingerprint) return first;
    const reason = "the same seed and schedule gave another run the second time";
    return { ...first, failure: { reason, kind: reason } };
  }

  shrink({ seed, schedule, failure }: Attempt): Promise<Shrunk> {
    return shrink(schedule, async (candidate) => {
      const again = await attempt(this.scenario, seed, { schedule: candidate });
      return again.failure?.kind === failure?.kind;
    });
  }

  close(): void {
    // It holds nothing.
  }
}
