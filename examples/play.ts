import { Canceller } from "wirelet/socket";
import type { Timers, WallClock } from "wirelet/host";
import type { Host } from "./context.js";
import type { Example, Player } from "./examples.js";
import { pause } from "./pause.js";
import { Script } from "./script.js";

/** Those who are called wait, so that those who call find them: so long, in ms. */
const CALLERS_WAIT = 100;

/** So long, in ms, those who are called still listen when all callers have gone: the last words are on their way. */
const LAST_WORDS = 300;

/** Where an example is played: who has which host, and who hears what they say. */
export interface Stage {
  readonly timers: Timers;
  host(name: string): Host;
  tell(name: string, line: string): void;
}

/**
 * Plays all roles of an example, until those have ended that do not go on forever.
 *
 * @throws what the first role that failed has thrown, when all have ended
 */
export async function play({ roles, cast }: Example, stage: Stage): Promise<void> {
  const { timers } = stage;
  const canceller = new Canceller();
  const { signal } = canceller;
  const failures: unknown[] = [];
  const perform = async (player: Player): Promise<void> => {
    const { name, role, args = [], types = [], clockOffset = 0 } = player;
    const { run, serves = false } = roles[role]!;
    const host = stage.host(name);
    const wallClock = aheadOf(host.wallClock, clockOffset);
    const print = (line: string): void => {
      if (!signal.aborted) stage.tell(name, line);
    };
    try {
      if (!serves) await pause(timers, CALLERS_WAIT);
      const input = new Script(types, timers);
      await run({ ...host, wallClock, args, input, print, signal });
    } catch (error) {
      if (signal.aborted) return;
      failures.push(error);
      canceller.cancel();
    }
  };
  const isCaller = ({ role }: Player): boolean => roles[role]!.serves !== true;
  const called = cast.filter((player) => !isCaller(player)).map(perform);
  await Promise.all(cast.filter(isCaller).map(perform));
  if (!signal.aborted) await pause(timers, LAST_WORDS);
  canceller.cancel();
  await Promise.all(called);
  if (failures.length > 0) throw failures[0];
}

function aheadOf(clock: WallClock, offset: number): WallClock {
  return {
    now() {
      const now = clock.now();
      return now === undefined ? undefined : now + offset;
    },
  };
}
