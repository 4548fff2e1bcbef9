import { NetworkError } from "../src/error/index.js";
import { milliseconds, type Duration } from "./duration.js";
import type { SimulatedRandom } from "./random.js";
import type { Simulation } from "./simulation.js";

/** Both are means of exponential distributions, so that nothing can be in step with them. */
export interface AlternationTimes {
  /** From the end of one to the beginning of the next. */
  readonly every: Duration;
  /** How long each lasts. */
  readonly lasting: Duration;
}

/**
 * Begins something and ends it again and again, at times drawn from `random`.
 *
 * @returns a function that stops it, ending what has begun
 * @throws NetworkError EINVAL if a time is not positive
 */
export function alternate(
  simulation: Simulation,
  random: SimulatedRandom,
  times: AlternationTimes,
  what: { readonly begin: () => void; readonly end: () => void },
): () => void {
  const [every, lasting] = [times.every, times.lasting].map(milliseconds) as [number, number];
  if (every === 0 || lasting === 0)
    throw new NetworkError("EINVAL", "alternate", `${times.every}, ${times.lasting}`, "want more than 0");
  let hasBegun = false;
  const draw = (mean: number): number => -mean * Math.log(1 - random.fraction());
  const turn = (): void => {
    hasBegun = !hasBegun;
    if (hasBegun) what.begin();
    else what.end();
    next = simulation.schedule(draw(hasBegun ? lasting : every), turn);
  };
  let next = simulation.schedule(draw(every), turn);
  return () => {
    simulation.cancel(next);
    if (hasBegun) what.end();
    hasBegun = false;
  };
}
