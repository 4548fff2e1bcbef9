import { distance } from "../sequence.js";
import type { AckReport } from "./ack-report.js";

/** How long a peer may hold back the acknowledgment of a lone segment, in ms (RFC 8985 §7.2, WCDelAckT). */
const WORST_DELAYED_ACK = 200;

/**
 * Tail loss probe (RFC 8985 §7): when the last segments of a flight are lost nothing comes back that could tell; so
 * one more segment is sent long before the retransmission timer expires.
 */
export class TailLossProbe {
  /** When to probe, in monotonic ms; Infinity: not at all. */
  at = Infinity;
  /** SND.NXT after the probe, until it is answered. */
  private end: number | undefined;
  private isRetransmission = false;

  /** A probe is under way. */
  get isOut(): boolean {
    return this.end !== undefined;
  }

  /** §7.2. @param flight segments sent and not acknowledged */
  schedule(now: number, srtt: number, flight: number, retransmitAt: number): void {
    const timeout = 2 * srtt + (flight === 1 ? WORST_DELAYED_ACK : 2);
    this.at = Math.min(now + timeout, retransmitAt);
  }

  cancel(): void {
    this.at = Infinity;
  }

  /** §7.3: the probe was sent. @param end SND.NXT after it */
  sent(end: number, isRetransmission: boolean): void {
    this.at = Infinity;
    this.end = end;
    this.isRetransmission = isRetransmission;
  }

  /** §7.4.2. @returns true if the probe has repaired a loss, which calls for a smaller window */
  onAck(ack: number, report: AckReport): boolean {
    if (this.end === undefined || distance(ack, this.end) < 0) return false;
    const beyond = distance(ack, this.end) > 0;
    if (!this.isRetransmission || report.hasDsack) {
      this.end = undefined;
      return false;
    }
    if (beyond) {
      this.end = undefined;
      return true;
    }
    // A second acknowledgment for the same data: the original had arrived as well.
    if (report.isDuplicate) this.end = undefined;
    return false;
  }

  reset(): void {
    this.at = Infinity;
    this.end = undefined;
  }
}
