import { Lan, type Schedule, type ScheduleSource } from "../lan/index.js";
import { drawSchedule, type FaultMenu } from "./draw.js";

/**
 * What is explored: builds hosts on the LAN, gives it the schedule (`lan.schedule(schedule)`), and lets time pass. It fails by
 * throwing. All that it does must follow from the LAN's seed.
 */
export type ExploreScenario = (lan: Lan, schedule: ScheduleSource) => unknown;

/** Why a seed has failed. */
export interface Failure {
  /** The error's message, without evidence. */
  readonly reason: string;
  /** The same for failures of one kind: the message without its figures. */
  readonly kind: string;
}

/** One run of a scenario. */
export interface Attempt {
  readonly seed: number;
  readonly schedule: Schedule;
  readonly failure?: Failure;
  readonly events: number;
  /** Virtual ms. */
  readonly time: number;
  readonly fingerprint?: string;
}

export interface AttemptOptions {
  readonly menu?: FaultMenu;
  /** Instead of one that is drawn. */
  readonly schedule?: Schedule;
  /** Told what was drawn. */
  readonly onDrawn?: ((schedule: Schedule) => void) | undefined;
  /** Whether to say what tells equal runs. */
  readonly fingerprint?: boolean;
}

/** Runs a scenario once, on a LAN of its own. */
export async function attempt(
  scenario: ExploreScenario,
  seed: number,
  options: AttemptOptions = {},
): Promise<Attempt> {
  const lan = new Lan({ seed, evidence: false });
  const fingerprint = options.fingerprint === true ? lan.fingerprint() : undefined;
  let schedule = options.schedule;
  let isGiven = false;
  const source = (): Schedule => {
    isGiven = true;
    if (schedule === undefined) {
      schedule = drawSchedule(lan, options.menu ?? {});
      options.onDrawn?.(schedule);
    }
    return schedule;
  };
  let failure: Failure | undefined;
  try {
    await scenario(lan, source);
    if (!isGiven) throw new Error("the scenario never gives its LAN the schedule: lan.schedule(schedule)");
  } catch (error) {
    failure = describeFailure(error);
  }
  return {
    seed,
    schedule: schedule ?? [],
    ...(failure !== undefined && { failure }),
    events: lan.simulation.eventsRun,
    time: lan.simulation.now(),
    ...(fingerprint !== undefined && { fingerprint: String(fingerprint) }),
  };
}

/** @param error whatever was thrown */
export function describeFailure(error: unknown): Failure {
  const reason = error instanceof Error ? plain(error.message) : String(error);
  const kind = reason.replace(/\d+(\.\d+)?/g, "#");
  return { reason, kind };
}

/** Without the colors of jest's matchers. */
function plain(message: string): string {
  // eslint-disable-next-line no-control-regex -- that is what colors are made of
  return message.replace(/\u001b\[\d+m/g, "").trim();
}
