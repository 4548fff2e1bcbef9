import type { SimulatedRandom } from "../random.js";

/** How much the newest queue length counts in the average. */
const WEIGHT = 0.002;
/** Of the queue's limit: below, nothing is lost; the paper wants the maximum at least twice the minimum. */
const MINIMUM = 1 / 6;
const MAXIMUM = 1 / 2;
/** The share that is lost when the average reaches the maximum. */
const MAXIMUM_PROBABILITY = 0.1;

/** Decides which frames a queue should lose before it is full (Floyd and Jacobson 1993, with their figures). */
export class RandomEarlyDetection {
  readonly #minimum: number;
  readonly #maximum: number;
  readonly #random: SimulatedRandom;
  #average = 0;
  /** Frames since the last that was chosen. */
  #count = -1;
  #idleSince = 0;

  /** @param limit of the queue, in bytes */
  constructor(limit: number, random: SimulatedRandom) {
    this.#minimum = limit * MINIMUM;
    this.#maximum = limit * MAXIMUM;
    this.#random = random;
  }

  /**
   * A frame comes.
   * @param waiting bytes before it
   * @param now virtual ms
   * @param time how long it takes to send, in ms: so long an idle queue counts as one small frame
   * @returns whether it is to be lost or marked
   */
  notices(waiting: number, now: number, time: number): boolean {
    if (waiting > 0) this.#average += WEIGHT * (waiting - this.#average);
    else this.#average *= (1 - WEIGHT) ** Math.max(0, (now - this.#idleSince) / time);
    this.#idleSince = now;
    if (this.#average < this.#minimum) {
      this.#count = -1;
      return false;
    }
    this.#count++;
    const share = (this.#average - this.#minimum) / (this.#maximum - this.#minimum);
    const probability = MAXIMUM_PROBABILITY * share;
    if (share < 1 && !this.#random.chance(probability / Math.max(1e-9, 1 - this.#count * probability)))
      return false;
    this.#count = 0;
    return true;
  }
}
