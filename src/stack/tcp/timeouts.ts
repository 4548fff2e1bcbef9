import type { Connection } from "./connection.js";
import { onKeepAliveTimer } from "./keep-alive.js";
import { MAX_RTO } from "./rtt.js";
import {
  output,
  retransmit,
  sendAck,
  sendTailLossProbe,
  sendWindowProbe,
  startRetransmitTimer,
} from "./output.js";
import { suspectBlackHole } from "./mtu-search.js";
import { TcpState } from "./state.js";
import { hasStalled, hasTimedOut, isOpening } from "./user-timeout.js";

/**
 * Probes of a closed window that a connection is worth whose user is gone: as Linux's orphan retries, about a minute. A peer
 * that answers them and never opens its window would else hold the buffers for ever.
 */
const MAX_ORPHAN_PROBES = 8;

/** The earliest deadline of a connection has come. */
export function onConnectionTimer(connection: Connection, now: number): void {
  if (connection.extras.expireAt <= now) {
    connection.tcp.remove(connection);
    return;
  }
  connection.tcp.pathOf(connection);
  // A probe that falls on the same moment stands in for the time-out and puts it off (RFC 8985 §7.2, §7.3).
  if (connection.recovery.probe.at <= now) sendTailLossProbe(connection);
  if (connection.retransmitAt <= now && !onRetransmitTimer(connection, now)) return;
  if (connection.recovery.reorderAt <= now) {
    connection.recovery.onReorderTimer(now);
    output(connection);
  }
  if (connection.extras.persistAt <= now) probe(connection, now);
  if (connection.extras.keepAliveAt <= now) onKeepAliveTimer(connection, now);
  if (connection.state === TcpState.CLOSED) return;
  if (connection.ackAt <= now) sendAck(connection);
  connection.armTimer();
}

/** RFC 6298 §5.4 to §5.7. @returns false if the connection has failed */
function onRetransmitTimer(connection: Connection, now: number): boolean {
  if (hasGivenUp(connection, now)) return false;
  connection.recovery.probe.reset();
  if (connection.state <= TcpState.SYN_RECEIVED) {
    connection.retries++;
    connection.synSentAt = -1;
    connection.sndNxt = connection.iss;
    connection.rtt.backOff();
    output(connection);
    return true;
  }
  connection.recovery.onTimeout(connection.retries === 0);
  connection.retries++;
  connection.rtt.backOff();
  suspectBlackHole(connection, connection.recovery.firstLength);
  startRetransmitTimer(connection);
  // The first segment goes out whatever the windows say: into a closed one it is a probe (RFC 9293 §3.8.6.1).
  retransmit(connection, Math.max(0, connection.recovery.nextLost));
  output(connection);
  return true;
}

/** At growing intervals, and without end for as long as the peer answers (RFC 9293 §3.8.6.1, MUST-37). */
function probe(connection: Connection, now: number): void {
  const extras = connection.ownExtras;
  extras.persistAt = Infinity;
  if (extras.persistBackoff === 0) extras.persistSince = now;
  else if (hasGivenUp(connection, now)) return;
  if (hasStalled(connection, now)) {
    fail(connection);
    return;
  }
  if (connection.isOrphan && extras.persistBackoff >= MAX_ORPHAN_PROBES) {
    connection.abort();
    return;
  }
  if (!sendWindowProbe(connection)) return;
  extras.persistAt = now + Math.min(MAX_RTO, connection.rtt.rto * 2 ** Math.min(extras.persistBackoff, 16));
  if (extras.hasOwnTimeout)
    extras.persistAt = Math.min(extras.persistAt, extras.persistSince + connection.userTimeout);
  extras.persistBackoff++;
}

/** Ends a connection whose peer has been silent for too long (RFC 9293 §3.8.3). */
function hasGivenUp(connection: Connection, now: number): boolean {
  if (!hasTimedOut(connection, now)) return false;
  fail(connection);
  return true;
}

function fail(connection: Connection): void {
  connection.fail(
    connection.softError ?? "ETIMEDOUT",
    isOpening(connection) ? "connect to" : "connection to",
  );
}
