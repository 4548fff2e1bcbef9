import { distance } from "../sequence.js";

// RFC 9406 §4.3; times in ms.
const MIN_RTT_THRESHOLD = 4;
const MAX_RTT_THRESHOLD = 16;
const MIN_RTT_DIVISOR = 8;
const RTT_SAMPLES = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;

/**
 * HyStart++ (RFC 9406): a round trip that grows says that slow start has filled the path and now fills a queue. Growth becomes
 * slower at first (conservative slow start), in case the delay has another reason, and ends if the delay stays.
 * The limit L on what one acknowledgment adds is left out: links that join packets acknowledge dozens of segments at once.
 */
export class HyStart {
  /** Where the current round ends: SND.NXT when it began. */
  #roundEnd: number | undefined;
  #lastRoundRtt = Infinity;
  #rtt = Infinity;
  #samples = 0;
  /** The least round trip when conservative slow start began; Infinity outside of it. */
  #baseline = Infinity;
  #rounds = 0;
  #fraction = 0;

  /**
   * Data was acknowledged in the initial slow start.
   * @param rtt ms, negative if it could not be measured
   * @returns true if slow start is over
   */
  onAck(rtt: number, una: number, next: number): boolean {
    if (this.#roundEnd === undefined || distance(una, this.#roundEnd) >= 0) {
      const isFirst = this.#roundEnd === undefined;
      this.#roundEnd = next;
      this.#lastRoundRtt = this.#rtt;
      this.#rtt = Infinity;
      this.#samples = 0;
      if (!isFirst && this.#baseline !== Infinity && ++this.#rounds >= CSS_ROUNDS) return true;
    }
    if (rtt < 0) return false;
    this.#rtt = Math.min(this.#rtt, rtt);
    if (++this.#samples < RTT_SAMPLES) return false;
    if (this.#baseline !== Infinity) {
      // It was a whim of the path.
      if (this.#rtt < this.#baseline) this.#baseline = Infinity;
      return false;
    }
    const threshold = Math.max(
      MIN_RTT_THRESHOLD,
      Math.min(this.#lastRoundRtt / MIN_RTT_DIVISOR, MAX_RTT_THRESHOLD),
    );
    if (this.#rtt >= this.#lastRoundRtt + threshold) {
      this.#baseline = this.#rtt;
      this.#rounds = this.#fraction = 0;
    }
    return false;
  }

  /** What `acked` segments add to the window. */
  growth(acked: number): number {
    if (this.#baseline === Infinity) return acked;
    this.#fraction += acked / CSS_GROWTH_DIVISOR;
    const whole = Math.floor(this.#fraction);
    this.#fraction -= whole;
    return whole;
  }
}
