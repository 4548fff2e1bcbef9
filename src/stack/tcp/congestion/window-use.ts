import type { Connection } from "../connection.js";
import type { AckReport } from "../recovery/ack-report.js";
import { distance } from "../sequence.js";

/** Whether a connection uses its congestion window: only then may the window grow (RFC 9438 §5.8). */
export class WindowUse {
  /** Whether the congestion window, and nothing else, kept data back of late, and what was in flight at most then. */
  #isLimited = false;
  #mostInFlight = 0;
  /** Where the round that this is about ends. */
  #roundEnd = 0;

  /** Output is done. @param isLimited whether the window was what stopped it */
  onOutput({ recovery, sndUna, sndNxt }: Connection, isLimited: boolean): void {
    const { inFlight } = recovery;
    const isNewRound = distance(sndUna, this.#roundEnd) >= 0;
    if (!isNewRound && !isLimited && inFlight <= this.#mostInFlight) return;
    this.#isLimited = isLimited || (!isNewRound && this.#isLimited);
    this.#mostInFlight = isNewRound ? inFlight : Math.max(this.#mostInFlight, inFlight);
    if (isNewRound) this.#roundEnd = sndNxt;
  }

  /** Segments have arrived: lets the window grow if it was used. */
  onAck({ congestion, recovery, rtt, sndUna, sndNxt }: Connection, report: AckReport): void {
    if (report.advances) congestion.onRoundTrip(report.rtt, sndUna, sndNxt);
    if (report.delivered === 0 || (!report.advances && recovery.state !== "open")) return;
    const isSlowStart = congestion.window < congestion.slowStartThreshold;
    if (isSlowStart ? congestion.window >= 2 * this.#mostInFlight : !this.#isLimited) return;
    congestion.onAck(report.delivered, report.now, rtt.srtt ?? 0);
  }
}
