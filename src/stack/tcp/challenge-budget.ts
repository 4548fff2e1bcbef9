import type { Random } from "../../host/index.js";

const SECOND = 1000;

/**
 * Challenge acknowledgments that all connections of a stack may send in a second (RFC 5961 §7). How many that are is drawn
 * anew each second: who could count them would find out what other connections are doing (CVE-2016-5696).
 */
export class ChallengeBudget {
  #left = 0;
  #endsAt = -Infinity;

  constructor(private readonly random: Random) {}

  /** @param limit a second, on average; Infinity: none @returns false if this second's are used up */
  take(limit: number, now: number): boolean {
    if (limit === Infinity) return true;
    if (now >= this.#endsAt) {
      this.#endsAt = now + SECOND;
      this.#left = limit > 0 ? Math.ceil(limit / 2) + (this.random.uint32() % limit) : 0;
    }
    return this.#left-- > 0;
  }
}
