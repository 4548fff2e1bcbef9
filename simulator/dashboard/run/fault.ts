import { corrupt, delay, duplicate, jitter, loss, reorder, type FaultRule } from "../../faults/index.js";

/** A fault as a file and the page name it: a probability from 0 to 1, or milliseconds, as `FAULTS` says. */
export interface Fault {
  readonly kind: FaultKind;
  readonly amount: number;
}

/** In ms. */
const MAX_DELAY = 60_000;
/** In ms: what reordering holds a frame back by; longer than what lies between the segments of a window. */
const REORDERING = 20;

interface FaultMaker {
  readonly unit: "probability" | "milliseconds";
  readonly maximum: number;
  readonly make: (amount: number) => FaultRule;
}

/** What can be put on a cable. */
export const FAULTS = Object.freeze({
  loss: { unit: "probability", maximum: 1, make: loss },
  delay: { unit: "milliseconds", maximum: MAX_DELAY, make: delay },
  jitter: { unit: "milliseconds", maximum: MAX_DELAY, make: jitter },
  duplication: { unit: "probability", maximum: 1, make: (amount: number) => duplicate(amount) },
  reordering: { unit: "probability", maximum: 1, make: (amount: number) => reorder(amount, REORDERING) },
  corruption: { unit: "probability", maximum: 1, make: corrupt },
} as const satisfies Record<string, FaultMaker>);

export type FaultKind = keyof typeof FAULTS;

/** @returns the rule, for a cable */
export function makeFault({ kind, amount }: Fault): FaultRule {
  return FAULTS[kind].make(amount);
}
