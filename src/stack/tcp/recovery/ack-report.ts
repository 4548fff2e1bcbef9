/** What one acknowledgment has told; a stack has one and fills it anew (see `Segment`). Times are monotonic ms. */
export class AckReport {
  now = 0;
  /** It acknowledges data that was not acknowledged before. */
  advances = false;
  /** It is a duplicate in the sense of RFC 5681 §2. */
  isDuplicate = false;
  /** Segments that have newly arrived at the peer, in order or not. */
  delivered = 0;
  /** Those of them that this acknowledgment names in a SACK block. */
  newlySacked = 0;
  /** Some of what arrived was never retransmitted; where the last such segment ends. */
  originalDelivered = false;
  originalEnd = 0;
  /** Some of what was acknowledged in order had been retransmitted: it times nothing (Karn's algorithm). */
  retransmittedAcked = false;
  /** Round trip of the first segment acknowledged or named, −1 if none could be timed. */
  rtt = -1;
  /** The peer reports that something arrived twice (RFC 2883). */
  hasDsack = false;
  /** Segments in flight before. */
  priorInFlight = 0;
  /** Segments found lost. */
  newlyLost = 0;
  /** TSecr, if there is one. */
  timestampEcho: number | undefined;

  begin(now: number, priorInFlight: number, timestampEcho: number | undefined): void {
    this.now = now;
    this.advances =
      this.isDuplicate =
      this.originalDelivered =
      this.retransmittedAcked =
      this.hasDsack =
        false;
    this.delivered = this.newlySacked = this.newlyLost = 0;
    this.rtt = -1;
    this.priorInFlight = priorInFlight;
    this.timestampEcho = timestampEcho;
  }
}
