import { CongestionControl, MIN_THRESHOLD } from "./control.js";

/** RFC 9438 §4.6: what is left of the window after a loss. */
const BETA = 0.7;
/** RFC 9438 §5.1: how aggressively the window grows, in segments a second³. */
const C = 0.4;
/** RFC 9438 §4.3: how fast the window of a Reno flow that loses as often would grow, in segments a round trip. */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);

/** CUBIC (RFC 9438): the window grows with the cube of the time since the last loss, whatever the round trip. */
export class Cubic extends CongestionControl {
  /** The window at the last loss, W_max. */
  #maximum = 0;
  /** When congestion avoidance began after it, in ms; −1 before. */
  #epoch = -1;
  /** Seconds until the window is back at its maximum, K. */
  #period = 0;
  /** What Reno's window would be, W_est. */
  #estimate = 0;
  /** The window before the last loss, cwnd_prior. */
  #prior = 0;
  /** What the window has grown by that is not a whole segment yet. */
  #fraction = 0;

  protected override avoid(acked: number, now: number, rtt: number): void {
    if (this.#epoch < 0) this.begin(now);
    const elapsed = (now - this.#epoch) / 1000;
    this.#estimate += ((this.#estimate < this.#prior ? ALPHA : 1) * acked) / this.window;
    if (this.cubic(elapsed) < this.#estimate) {
      // RFC 9438 §4.3: the Reno-friendly region.
      const whole = Math.floor(this.#estimate);
      if (whole > this.window) this.window = whole;
      return;
    }
    // RFC 9438 §4.4 and §4.5: towards where the curve is a round trip from now, by half the window at most.
    const target = Math.min(Math.max(this.cubic(elapsed + rtt / 1000), this.window), 1.5 * this.window);
    this.#fraction += (acked * (target - this.window)) / this.window;
    const whole = Math.floor(this.#fraction);
    this.#fraction -= whole;
    this.window += whole;
  }

  override onCongestion(): number {
    // RFC 9438 §4.7, fast convergence: a flow that did not get back to its maximum leaves room for others.
    this.#maximum = this.window < this.#maximum ? (this.window * (1 + BETA)) / 2 : this.window;
    this.#prior = this.window;
    this.#epoch = -1;
    return Math.max(Math.floor(this.window * BETA), MIN_THRESHOLD);
  }

  override undo(window: number, threshold: number): void {
    super.undo(window, threshold);
    this.#maximum = Math.max(this.#maximum, window);
    this.#epoch = -1;
  }

  override restart(restartWindow: number): void {
    super.restart(restartWindow);
    // RFC 9438 §4.2: time without data does not count.
    this.#epoch = -1;
  }

  private begin(now: number): void {
    this.#epoch = now;
    this.#estimate = this.window;
    this.#maximum = Math.max(this.#maximum, this.window);
    this.#period = Math.cbrt((this.#maximum - this.window) / C);
    this.#fraction = 0;
  }

  /** W_cubic. */
  private cubic(seconds: number): number {
    return C * (seconds - this.#period) ** 3 + this.#maximum;
  }
}
