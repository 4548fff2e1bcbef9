import { distance } from "../sequence.js";
import { LOST, RETRANSMISSION_OUT, SACKED, type SentSegments } from "./sent-segments.js";

/** Segments out of order that mean a loss while no reordering was ever seen (RFC 8985 §6.2, DupThresh). */
export const DUPLICATE_THRESHOLD = 3;
/** Recoveries for which a widened reordering window is kept (RFC 8985 §6.2, step 4). */
const WINDOW_PERSISTENCE = 16;
/** Quarters of the least round trip that the reordering window may grow to. */
const MAX_WINDOW_QUARTERS = 16;

/**
 * RACK (RFC 8985 §6): a segment is lost if one that was sent enough later has arrived. It judges by time, so that it finds
 * lost retransmissions and bears reordering.
 */
export class Rack {
  /** When the segment that was sent last of all that have arrived was sent, and where it ends. */
  #sentAt = -1;
  #end = 0;
  #rtt = 0;
  #minimumRtt = Infinity;
  /** Where the highest segment that has arrived ends, RACK.fack. */
  #highest = 0;
  #started = false;
  #reorderingSeen = false;
  #windowQuarters = 1;
  #windowPersists = 0;

  /** A round trip that was measured otherwise: the handshake's. */
  onRoundTrip(rtt: number): void {
    if (rtt < this.#minimumRtt) this.#minimumRtt = rtt;
  }

  /** A segment has arrived (steps 1 to 3). */
  delivered(end: number, sentAt: number, retransmitted: boolean, now: number): void {
    const rtt = now - sentAt;
    // A retransmission that is answered too early: the answer is the original's.
    if (retransmitted && rtt < this.#minimumRtt) return;
    this.onRoundTrip(rtt);
    if (!this.#started || distance(end, this.#highest) > 0) {
      this.#started = true;
      this.#highest = end;
    } else if (distance(end, this.#highest) < 0 && !retransmitted) {
      this.#reorderingSeen = true;
    }
    if (isSentAfter(sentAt, end, this.#sentAt, this.#end)) {
      this.#sentAt = sentAt;
      this.#end = end;
      this.#rtt = rtt;
    }
  }

  /** A DSACK: something was retransmitted for nothing, so wait longer (step 4). */
  onDsack(): void {
    this.#windowQuarters = Math.min(this.#windowQuarters + 1, MAX_WINDOW_QUARTERS);
    this.#windowPersists = WINDOW_PERSISTENCE;
  }

  /** A recovery is over. */
  onRecovered(): void {
    if (this.#windowPersists > 0 && --this.#windowPersists === 0) this.#windowQuarters = 1;
  }

  /**
   * Marks what is lost (step 5).
   * @param isRecovering a loss is being repaired
   * @returns when to look again; Infinity: nothing is undecided
   */
  detect(sent: SentSegments, now: number, isRecovering: boolean, srtt: number): number {
    if (!this.#started) return Infinity;
    const patience = this.#rtt + this.#reorderingWindow(sent, isRecovering, srtt);
    let latest = -Infinity;
    for (let i = 0; i < sent.count; i++) {
      const flags = sent.flags(i);
      if ((flags & SACKED) !== 0 || (flags & (LOST | RETRANSMISSION_OUT)) === LOST) continue;
      if (!isSentAfter(this.#sentAt, this.#end, sent.sentAt(i), sent.end(i))) continue;
      const due = sent.sentAt(i) + patience;
      if (due <= now) {
        sent.set(i, LOST);
        sent.unset(i, RETRANSMISSION_OUT);
      } else if (due > latest) {
        latest = due;
      }
    }
    return latest === -Infinity ? Infinity : latest;
  }

  #reorderingWindow(sent: SentSegments, isRecovering: boolean, srtt: number): number {
    if (!this.#reorderingSeen && (isRecovering || sent.sacked >= DUPLICATE_THRESHOLD)) return 0;
    return Math.min((this.#windowQuarters * this.#minimumRtt) / 4, srtt);
  }
}

/** RFC 8985 §6.1: segments sent in one burst are told apart by their sequence number. */
function isSentAfter(sentAt: number, end: number, otherSentAt: number, otherEnd: number): boolean {
  return sentAt > otherSentAt || (sentAt === otherSentAt && distance(end, otherEnd) > 0);
}
