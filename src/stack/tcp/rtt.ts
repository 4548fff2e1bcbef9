/** RFC 6298 §2: initial RTO, and the upper bound it allows. */
export const INITIAL_RTO = 1_000;
export const MAX_RTO = 60_000;
/** The clock is finer than any RTT that matters (the G of RFC 6298). */
const GRANULARITY = 1;

/** The retransmission time-out (RFC 6298), all in ms. */
export class RttEstimator {
  srtt: number | undefined;
  rttvar = 0;
  rto = INITIAL_RTO;
  /** The least that was measured. */
  minimum = Infinity;

  constructor(private readonly minimumRto: number) {}

  /** A measurement of a segment that was not retransmitted (Karn's algorithm, RFC 6298 §3). */
  sample(rtt: number): void {
    if (this.srtt === undefined) {
      this.srtt = rtt;
      this.rttvar = rtt / 2;
    } else {
      this.rttvar = 0.75 * this.rttvar + 0.25 * Math.abs(this.srtt - rtt);
      this.srtt = 0.875 * this.srtt + 0.125 * rtt;
    }
    this.restore();
  }

  /** A round trip that need not be typical. */
  noteMinimum(rtt: number): void {
    if (rtt < this.minimum) this.minimum = rtt;
  }

  /** The timer has expired (RFC 6298 §5.5). */
  backOff(): void {
    this.rto = bounded(this.rto * 2, this.minimumRto);
  }

  /**
   * New data was acknowledged after the timer had backed off. Karn's algorithm would keep the long RTO until the next
   * measurement, which under heavy loss may never come; since the path has just proven to work, its own RTO applies
   * again, as in Linux and FreeBSD.
   */
  restore(): void {
    if (this.srtt !== undefined)
      this.rto = bounded(this.srtt + Math.max(GRANULARITY, 4 * this.rttvar), this.minimumRto);
  }

  /** The SYN was retransmitted: begin with 3 s (RFC 6298 §5.7). */
  synWasLost(): void {
    if (this.srtt === undefined) this.rto = 3 * INITIAL_RTO;
  }
}

function bounded(rto: number, minimum: number): number {
  return Math.min(MAX_RTO, Math.max(minimum, rto));
}
