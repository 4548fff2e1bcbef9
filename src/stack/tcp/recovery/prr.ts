/**
 * Proportional rate reduction (RFC 6937): while a loss is repaired, what is sent follows what arrives, so that the
 * window is at its threshold when the repair is done, without a pause and without a burst. In segments.
 */
export class ProportionalRate {
  private delivered = 0;
  private sent = 0;
  private priorFlight = 1;

  /** @param priorFlight segments that were out at the moment of the loss, RecoverFS */
  begin(priorFlight: number): void {
    this.delivered = this.sent = 0;
    this.priorFlight = priorFlight;
  }

  onSent(): void {
    this.sent++;
  }

  /**
   * The window that an acknowledgment allows.
   * @param isProgress it acknowledges data in order and found no further loss
   */
  window(delivered: number, inFlight: number, threshold: number, isProgress: boolean): number {
    this.delivered += delivered;
    let allowance: number;
    if (inFlight > threshold) {
      allowance = Math.ceil((this.delivered * threshold) / this.priorFlight) - this.sent;
    } else {
      // The slow start reduction bound where things go well, else the conservative one (RFC 6937 §3.1).
      allowance = Math.max(this.delivered - this.sent, delivered) + (isProgress ? 1 : 0);
      allowance = Math.min(threshold - inFlight, allowance);
    }
    // The fast retransmit itself is never held back.
    return inFlight + Math.max(allowance, this.sent > 0 ? 0 : 1);
  }
}
