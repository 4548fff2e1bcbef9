import type { Connection } from "../connection.js";
import { distance } from "../sequence.js";
import { Reordering } from "./reordering.js";
import { LOST, RETRANSMISSION_OUT, SACKED, type SentSegments } from "./sent-segments.js";

/** Segments out of order that mean a loss while no reordering was ever seen (RFC 8985 §6.2, DupThresh). */
export const DUPLICATE_THRESHOLD = 3;

/**
 * RACK (RFC 8985 §6): a segment is lost if one that was sent enough later has arrived. It judges by time, so that it finds
 * lost retransmissions and bears reordering. It is about what is in flight; what it learns of the path stays with the
 * connection.
 */
export class Rack {
  private connection!: Connection;
  /** When the segment that was sent last of all that have arrived was sent, and where it ends. */
  private sentAt = -1;
  private end = 0;
  private rtt = 0;
  /** Where the highest segment that has arrived ends, RACK.fack. */
  private highest = 0;
  private started = false;

  /** Begins with a flight: nothing of it has arrived. */
  begin(connection: Connection): void {
    this.connection = connection;
    this.sentAt = -1;
    this.started = false;
  }

  /** A segment has arrived (steps 1 to 3). */
  delivered(end: number, sentAt: number, retransmitted: boolean, now: number): void {
    const connection = this.connection;
    const rtt = now - sentAt;
    // A retransmission that is answered too early: the answer is the original's.
    if (retransmitted && rtt < connection.rtt.minimum) return;
    connection.rtt.noteMinimum(rtt);
    if (!this.started || distance(end, this.highest) > 0) {
      this.started = true;
      this.highest = end;
    } else if (distance(end, this.highest) < 0 && !retransmitted) {
      this.reordering.isSeen = true;
    }
    if (isSentAfter(sentAt, end, this.sentAt, this.end)) {
      this.sentAt = sentAt;
      this.end = end;
      this.rtt = rtt;
    }
  }

  /** A DSACK: something was retransmitted for nothing, so wait longer (step 4). */
  onDsack(): void {
    this.reordering.onDsack();
  }

  /**
   * Marks what is lost (step 5).
   * @param isRecovering a loss is being repaired
   * @returns when to look again; Infinity: nothing is undecided
   */
  detect(sent: SentSegments, now: number, isRecovering: boolean, srtt: number): number {
    if (!this.started) return Infinity;
    const patience = this.rtt + this.reorderingWindow(sent, isRecovering, srtt);
    let latest = -Infinity;
    for (let i = 0; i < sent.count; i++) {
      const flags = sent.flags(i);
      if ((flags & SACKED) !== 0 || (flags & (LOST | RETRANSMISSION_OUT)) === LOST) continue;
      if (!isSentAfter(this.sentAt, this.end, sent.sentAt(i), sent.end(i))) continue;
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

  private reorderingWindow(sent: SentSegments, isRecovering: boolean, srtt: number): number {
    const { rtt } = this.connection;
    const { reordering } = this.connection.extras;
    const isSeen = reordering?.isSeen === true;
    if (!isSeen && (isRecovering || sent.sacked >= DUPLICATE_THRESHOLD)) return 0;
    return Math.min(((reordering?.windowQuarters ?? 1) * rtt.minimum) / 4, srtt);
  }

  private get reordering(): Reordering {
    return (this.connection.ownExtras.reordering ??= new Reordering());
  }
}

/** RFC 8985 §6.1: segments sent in one burst are told apart by their sequence number. */
function isSentAfter(sentAt: number, end: number, otherSentAt: number, otherEnd: number): boolean {
  return sentAt > otherSentAt || (sentAt === otherSentAt && distance(end, otherEnd) > 0);
}
