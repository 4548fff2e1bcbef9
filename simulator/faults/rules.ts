import { milliseconds, type Duration } from "../duration.js";
import type { FaultRule } from "./fault-rule.js";
import { percent } from "./percent.js";
import type { Transit } from "./transit.js";

/** Loses each frame with this probability, independently of the others. */
export function loss(probability: number): FaultRule {
  return {
    name: `loss ${percent("loss", probability)}`,
    apply(transit, random) {
      if (random.chance(probability)) transit.drop();
    },
  };
}

/** Adds to the latency of every frame. */
export function delay(by: Duration): FaultRule {
  const time = milliseconds(by);
  return { name: `delay ${time} ms`, apply: (transit) => transit.later(time) };
}

/**
 * Adds a latency drawn evenly from 0 to `upTo`, for each frame anew: frames closer together than that may overtake
 * each other.
 */
export function jitter(upTo: Duration): FaultRule {
  const time = milliseconds(upTo);
  return {
    name: `jitter ${time} ms`,
    apply: (transit, random) => transit.later(random.fraction() * time),
  };
}

/** Holds frames back by `by` with this probability, so that those behind them overtake. */
export function reorder(probability: number, by: Duration): FaultRule {
  const time = milliseconds(by);
  return {
    name: `reordering ${percent("reordering", probability)}`,
    apply(transit, random) {
      if (random.chance(probability)) transit.later(time);
    },
  };
}

/** Delivers frames twice with this probability, the second time `later`. */
export function duplicate(probability: number, later: Duration = 0): FaultRule {
  const time = milliseconds(later);
  return {
    name: `duplication ${percent("duplication", probability)}`,
    apply(transit, random) {
      if (random.chance(probability)) transit.duplicate(time);
    },
  };
}

/** Flips one bit, anywhere in the frame, with this probability: an error that Ethernet's checksum did not catch. */
export function corrupt(probability: number): FaultRule {
  return {
    name: `corruption ${percent("corruption", probability)}`,
    apply(transit, random) {
      if (!random.chance(probability) || transit.length === 0) return;
      const bit = random.below(transit.length * 8);
      const bytes = transit.edit();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    },
  };
}

/** Cuts frames short with this probability, at a length drawn evenly from 0 to one byte less than all. */
export function truncate(probability: number): FaultRule {
  return {
    name: `truncation ${percent("truncation", probability)}`,
    apply(transit, random) {
      if (random.chance(probability)) transit.truncate(random.below(transit.length));
    },
  };
}

/** Lets nothing through; add it for one direction only and the partition is asymmetric. */
export function partition(): FaultRule {
  return { name: "partition", apply: (transit) => transit.drop() };
}

/** `rule`, for those frames only that `condition` picks. */
export function when(condition: (transit: Transit) => boolean, rule: FaultRule): FaultRule {
  return {
    name: rule.name,
    apply(transit, random) {
      if (condition(transit)) rule.apply(transit, random);
    },
  };
}

/** `rule`, from the virtual time `start` until just before `end`. */
export function during(start: Duration, end: Duration, rule: FaultRule): FaultRule {
  const from = milliseconds(start);
  const to = milliseconds(end);
  return when((transit) => transit.time >= from && transit.time < to, rule);
}
