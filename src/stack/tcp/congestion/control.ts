import type { HyStart } from "./hystart.js";

/**
 * How many segments may be in flight, and how that number grows and falls: the window and the threshold of RFC 5681,
 * in segments. Which of them is in flight is the business of recovery/.
 */
export abstract class CongestionControl {
  slowStartThreshold = Infinity;
  // Whether the window is used; see window-use.ts.
  /** It, and nothing else, kept data back of late; and what was in flight at most then. */
  isLimiting = false;
  mostInFlight = 0;
  /** Where the round that this is about ends. */
  roundEnd = 0;

  /** @param hyStart ends the initial slow start, where it is in use */
  constructor(
    public window: number,
    private readonly hyStart?: HyStart,
  ) {}

  /**
   * Data was acknowledged, whatever kept more from being sent.
   * @param rtt ms, negative if it could not be measured
   */
  onRoundTrip(rtt: number, una: number, next: number): void {
    // Later slow starts have a threshold that was measured.
    if (this.slowStartThreshold !== Infinity || this.hyStart === undefined) return;
    if (this.hyStart.onAck(rtt, una, next)) this.slowStartThreshold = this.window;
  }

  /**
   * Segments have arrived, in order or not, while the window was what kept more from being sent.
   * @param now monotonic ms
   * @param rtt smoothed, in ms
   */
  onAck(acked: number, now: number, rtt: number): void {
    if (this.window < this.slowStartThreshold) {
      const isInitial = this.slowStartThreshold === Infinity;
      if (isInitial && this.hyStart !== undefined) {
        this.window += this.hyStart.growth(acked);
        return;
      }
      const grown = Math.min(this.window + acked, this.slowStartThreshold);
      acked -= grown - this.window;
      this.window = grown;
      if (acked <= 0) return;
    }
    this.avoid(acked, now, rtt);
  }

  /** Congestion avoidance: what `acked` segments add to the window. */
  protected abstract avoid(acked: number, now: number, rtt: number): void;

  /** A loss or a congestion mark. @returns the threshold that the window has to fall to; the window is left alone */
  abstract onCongestion(): number;

  /** What was taken for a loss was none: the window may be what it was. */
  undo(window: number, threshold: number): void {
    this.window = Math.max(this.window, window);
    this.slowStartThreshold = Math.max(this.slowStartThreshold, threshold);
  }

  /** Nothing was sent for longer than an RTO (RFC 5681 §4.1). */
  restart(restartWindow: number): void {
    this.window = Math.min(this.window, restartWindow);
  }
}

/** The smallest threshold (RFC 5681, equation 4). */
export const MIN_THRESHOLD = 2;
