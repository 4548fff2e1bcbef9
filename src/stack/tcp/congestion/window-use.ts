import type { Connection } from "../connection.js";
import type { AckReport } from "../recovery/ack-report.js";
import { distance } from "../sequence.js";

// Whether a connection uses its congestion window: only then may the window grow (RFC 9438 §5.8).

/** Output is done. @param isLimited whether the window was what stopped it */
export function noteWindowUse(connection: Connection, isLimited: boolean): void {
  const { congestion, sndUna, sndNxt } = connection;
  const { inFlight } = connection.recovery;
  const isNewRound = distance(sndUna, congestion.roundEnd) >= 0;
  if (!isNewRound && !isLimited && inFlight <= congestion.mostInFlight) return;
  congestion.isLimiting = isLimited || (!isNewRound && congestion.isLimiting);
  congestion.mostInFlight = isNewRound ? inFlight : Math.max(congestion.mostInFlight, inFlight);
  if (isNewRound) congestion.roundEnd = sndNxt;
}

/** Segments have arrived: lets the window grow if it was used. */
export function growUsedWindow(connection: Connection, report: AckReport): void {
  const { congestion, recovery, rtt, sndUna, sndNxt } = connection;
  if (report.advances) congestion.onRoundTrip(report.rtt, sndUna, sndNxt);
  if (report.delivered === 0 || (!report.advances && recovery.state !== "open")) return;
  const isSlowStart = congestion.window < congestion.slowStartThreshold;
  if (isSlowStart ? congestion.window >= 2 * congestion.mostInFlight : !congestion.isLimiting) return;
  congestion.onAck(report.delivered, report.now, rtt.srtt ?? 0);
}
