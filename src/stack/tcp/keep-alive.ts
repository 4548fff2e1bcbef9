import type { Connection } from "./connection.js";
import { NO_EXTRAS } from "./extras.js";
import { sendKeepAlive } from "./output.js";
import { TcpState } from "./state.js";

/** Questions without an answer after which the peer counts as gone: as Linux and RFC 9293's "several" (§3.8.4). */
export const MAX_KEEP_ALIVE_PROBES = 9;

/** Asks after every `interval` ms of silence whether the peer is still there; Infinity turns it off. */
export function setKeepAlive(connection: Connection, interval: number): void {
  if (interval === Infinity && connection.extras === NO_EXTRAS) return;
  const extras = connection.ownExtras;
  extras.keepAliveInterval = interval;
  extras.keepAliveProbes = 0;
  extras.keepAliveAt = connection.heardAt + interval;
  connection.armTimer();
  connection.tcp.stack.wake();
}

/** The peer may have been silent for long enough, or not: segments do not touch the timer. */
export function onKeepAliveTimer(connection: Connection, now: number): void {
  const { recovery } = connection;
  const extras = connection.ownExtras;
  const { keepAliveInterval } = extras;
  if (connection.state <= TcpState.SYN_RECEIVED) {
    extras.keepAliveAt = now + keepAliveInterval;
    return;
  }
  const due = connection.heardAt + keepAliveInterval;
  if (due > now) {
    extras.keepAliveProbes = 0;
    extras.keepAliveAt = due;
    return;
  }
  extras.keepAliveAt = now + keepAliveInterval;
  // What is in flight, or waits for a window, is asked about by its own timer.
  if (recovery.sent.count > 0 || extras.persistAt !== Infinity) return;
  // What the user has said about silence counts for questions as well, as in Linux.
  const isOver = extras.hasOwnTimeout
    ? extras.keepAliveProbes > 0 && now >= connection.heardAt + connection.userTimeout
    : extras.keepAliveProbes >= MAX_KEEP_ALIVE_PROBES;
  if (isOver) {
    connection.fail(connection.softError ?? "ETIMEDOUT");
    return;
  }
  extras.keepAliveProbes++;
  sendKeepAlive(connection);
}
