import type { SimulatedRandom } from "../random.js";
import type { FaultRule } from "./fault-rule.js";
import { percent } from "./percent.js";

/** A channel with two states (Gilbert 1960, Elliott 1963); each figure is a probability. */
export interface BurstOptions {
  /** That a frame finds the channel turned bad. */
  readonly enter: number;
  /** That a frame finds it turned good again: bursts are 1 / `leave` frames long on average. */
  readonly leave: number;
  /** That a frame is lost while the channel is bad; absent: 1. */
  readonly bad?: number;
  /** The same while it is good; absent: 0. */
  readonly good?: number;
}

/** Loses frames in bursts, as radio does: independent loss of the same rate is easier on protocols. */
export function bursts({ enter, leave, bad = 1, good = 0 }: BurstOptions): FaultRule {
  const name = `bursts ${percent("bursts", enter)} to ${percent("bursts", leave)}`;
  for (const probability of [bad, good]) percent("bursts", probability);
  // Each wire has its own channel, told from the others by the rule's stream there.
  const isBad = new WeakMap<SimulatedRandom, boolean>();
  return {
    name,
    apply(transit, random) {
      const wasBad = isBad.get(random) ?? false;
      const turns = random.chance(wasBad ? leave : enter);
      const nowBad = wasBad !== turns;
      isBad.set(random, nowBad);
      if (random.chance(nowBad ? bad : good)) transit.drop();
    },
  };
}
