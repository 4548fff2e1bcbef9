import type { SimulatedRandom } from "../random.js";
import type { Transit } from "./transit.js";

/**
 * Something that can go wrong on a wire. Rules on one wire are asked in the order in which they were added; each sees
 * what those before it left.
 *
 * @example
 * const dropSecondFrame = (seen = 0): FaultRule => ({
 *   name: "second frame lost",
 *   apply: (transit) => { if (++seen === 2) transit.drop(); },
 * });
 */
export interface FaultRule {
  /** How captures name it: "loss 20%". With the wire's name it also seeds the rule's random stream. */
  readonly name: string;
  /** True for what a link is by itself, as the air is: it stays when all faults are healed. */
  readonly isInherent?: boolean;
  /**
   * Decides about one frame: calls nothing on `transit` to pass it, or delays, drops, copies or changes it.
   * @param random this rule's own stream on this wire: no other rule's draws move it
   */
  apply(transit: Transit, random: SimulatedRandom): void;
}
