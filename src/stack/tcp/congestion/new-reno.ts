import { CongestionControl, MIN_THRESHOLD } from "./control.js";

/** Congestion avoidance by one segment a round trip, halved at a loss (RFC 5681): small, and enough for a device. */
export class NewReno extends CongestionControl {
  private acked = 0;

  protected override avoid(acked: number): void {
    this.acked += acked;
    while (this.acked >= this.window) {
      this.acked -= this.window;
      this.window++;
    }
  }

  override onCongestion(): number {
    this.acked = 0;
    return Math.max(this.window >> 1, MIN_THRESHOLD);
  }
}
