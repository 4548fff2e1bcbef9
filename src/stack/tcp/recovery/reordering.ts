/** Recoveries for which a widened reordering window is kept (RFC 8985 §6.2, step 4). */
const WINDOW_PERSISTENCE = 16;
/** Quarters of the least round trip that the reordering window may grow to. */
const MAX_WINDOW_QUARTERS = 16;

/** What a connection has seen of reordering (RFC 8985 §6.2). It has none of these until it sees some. */
export class Reordering {
  /** A segment was overtaken by one that was sent later, RACK.reordering_seen. */
  isSeen = false;
  /** The reordering window, in quarters of the least round trip: RACK.reo_wnd_mult. */
  windowQuarters = 1;
  private recoveries = 0;

  /** A DSACK: something was retransmitted for nothing, so wait longer (step 4). */
  onDsack(): void {
    this.windowQuarters = Math.min(this.windowQuarters + 1, MAX_WINDOW_QUARTERS);
    this.recoveries = WINDOW_PERSISTENCE;
  }

  /** A recovery is over. */
  onRecovered(): void {
    if (this.recoveries > 0 && --this.recoveries === 0) this.windowQuarters = 1;
  }
}
