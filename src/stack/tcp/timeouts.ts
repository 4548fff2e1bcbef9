import type { Connection } from "./connection.js";
import { MAX_RTO } from "./rtt.js";
import { output, retransmitFirst, sendAck, sendProbe, startRetransmitTimer } from "./output.js";
import { TcpState } from "./state.js";

/** The earliest deadline of a connection has come. */
export function onConnectionTimer(connection: Connection, now: number): void {
  if (connection.expireAt <= now) {
    connection.tcp.remove(connection);
    return;
  }
  if (connection.retransmitAt <= now && !retransmit(connection, now)) return;
  if (connection.persistAt <= now) probe(connection, now);
  if (connection.state === TcpState.CLOSED) return;
  if (connection.ackAt <= now) sendAck(connection);
  connection.armTimer();
}

/** RFC 6298 §5.4 to §5.7. @returns false if the connection has failed */
function retransmit(connection: Connection, now: number): boolean {
  if (hasGivenUp(connection, now)) return false;
  if (connection.state > TcpState.SYN_RECEIVED && connection.sndWnd === 0) {
    // The peer has closed its window over what is in flight: from here on it is probed.
    connection.retransmitAt = Infinity;
    connection.persistAt = now;
    connection.sndNxt = connection.sndUna;
    return true;
  }
  if (connection.retries === 0) connection.congestion.onTimeout(connection.inFlight);
  connection.retries++;
  connection.duplicateAcks = 0;
  connection.timedAt = -1;
  connection.recover = connection.sndMax;
  connection.sndNxt = connection.sndUna;
  connection.rtt.backOff();
  startRetransmitTimer(connection);
  // Beyond the handshake no rule about small segments may hold it back.
  if (connection.state <= TcpState.SYN_RECEIVED) output(connection);
  else retransmitFirst(connection);
  return true;
}

/** At growing intervals, and without end for as long as the peer answers (RFC 9293 §3.8.6.1, MUST-37). */
function probe(connection: Connection, now: number): void {
  connection.persistAt = Infinity;
  if (connection.persistBackoff > 0 && hasGivenUp(connection, now)) return;
  if (!sendProbe(connection)) return;
  connection.persistAt =
    now + Math.min(MAX_RTO, connection.rtt.rto * 2 ** Math.min(connection.persistBackoff, 16));
  connection.persistBackoff++;
}

/** Ends a connection whose peer has been silent for too long (RFC 9293 §3.8.3). */
function hasGivenUp(connection: Connection, now: number): boolean {
  const { tuning } = connection.tcp;
  const isOpening = connection.state === TcpState.SYN_SENT || connection.state === TcpState.SYN_RECEIVED;
  if (now - connection.unacknowledgedSince < (isOpening ? tuning.connectTimeout : tuning.userTimeout))
    return false;
  connection.fail(connection.softError ?? "ETIMEDOUT", isOpening ? "connect to" : "connection to");
  return true;
}
