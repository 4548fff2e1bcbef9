/** How much may be in flight. All sizes are bytes. */
export interface CongestionControl {
  readonly window: number;
  readonly isRecovering: boolean;
  /** `acked` bytes were acknowledged in order, outside of recovery. */
  onAck(acked: number): void;
  /** The third duplicate acknowledgment: a segment was lost, and `inFlight` bytes were out. */
  onLoss(inFlight: number): void;
  /** One more duplicate acknowledgment during recovery: a segment has left the network. */
  onDuplicate(): void;
  /** An acknowledgment of `acked` bytes that does not end recovery (RFC 6582 §3.2). */
  onPartialAck(acked: number): void;
  /** All that was out at the loss has arrived; `inFlight` bytes are out now. */
  onRecovered(inFlight: number): void;
  /** The retransmission timer has expired. */
  onTimeout(inFlight: number): void;
}

/** Slow start, congestion avoidance, fast retransmit and fast recovery (RFC 5681, RFC 6582). */
export class NewReno implements CongestionControl {
  window: number;
  isRecovering = false;
  #slowStartThreshold = Infinity;
  #ackedInAvoidance = 0;

  constructor(
    private readonly segmentSize: number,
    initialSegments: number,
  ) {
    this.window = segmentSize * initialSegments;
  }

  onAck(acked: number): void {
    if (this.window < this.#slowStartThreshold) {
      // RFC 5681 §3.1 with RFC 3465's L = 2: an acknowledgment of many segments does not cause a burst of them.
      this.window += Math.min(acked, 2 * this.segmentSize);
      return;
    }
    this.#ackedInAvoidance += acked;
    if (this.#ackedInAvoidance >= this.window) {
      this.#ackedInAvoidance -= this.window;
      this.window += this.segmentSize;
    }
  }

  onLoss(inFlight: number): void {
    this.#slowStartThreshold = this.#half(inFlight);
    this.window = this.#slowStartThreshold + 3 * this.segmentSize;
    this.isRecovering = true;
  }

  onDuplicate(): void {
    this.window += this.segmentSize;
  }

  onPartialAck(acked: number): void {
    this.window =
      Math.max(this.segmentSize, this.window - acked) + (acked >= this.segmentSize ? this.segmentSize : 0);
  }

  onRecovered(inFlight: number): void {
    this.window = Math.min(this.#slowStartThreshold, Math.max(inFlight, this.segmentSize) + this.segmentSize);
    this.isRecovering = false;
    this.#ackedInAvoidance = 0;
  }

  onTimeout(inFlight: number): void {
    this.#slowStartThreshold = this.#half(inFlight);
    this.window = this.segmentSize;
    this.isRecovering = false;
    this.#ackedInAvoidance = 0;
  }

  /** RFC 5681, equation 4, in whole bytes: half a byte of room could never be filled. */
  #half(inFlight: number): number {
    return Math.max(inFlight >> 1, 2 * this.segmentSize);
  }
}
