import type { Connection } from "./connection.js";
import { sendKeepAlive } from "./output.js";
import { TcpState } from "./state.js";

/** Questions without an answer after which the peer counts as gone: as Linux and RFC 9293's "several" (§3.8.4). */
export const MAX_KEEP_ALIVE_PROBES = 9;

/** Asks after every `interval` ms of silence whether the peer is still there; Infinity turns it off. */
export function setKeepAlive(connection: Connection, interval: number): void {
  connection.keepAliveInterval = interval;
  connection.keepAliveProbes = 0;
  connection.keepAliveAt = connection.heardAt + interval;
  connection.armTimer();
  connection.tcp.stack.wake();
}

/** The peer may have been silent for long enough, or not: segments do not touch the timer. */
export function onKeepAliveTimer(connection: Connection, now: number): void {
  const { keepAliveInterval, recovery } = connection;
  if (connection.state <= TcpState.SYN_RECEIVED) {
    connection.keepAliveAt = now + keepAliveInterval;
    return;
  }
  const due = connection.heardAt + keepAliveInterval;
  if (due > now) {
    connection.keepAliveProbes = 0;
    connection.keepAliveAt = due;
    return;
  }
  connection.keepAliveAt = now + keepAliveInterval;
  // What is in flight, or waits for a window, is asked about by its own timer.
  if (recovery.sent.count > 0 || connection.persistAt !== Infinity) return;
  // What the user has said about silence counts for questions as well, as in Linux.
  const isOver = connection.hasOwnTimeout
    ? connection.keepAliveProbes > 0 && now >= connection.heardAt + connection.userTimeout
    : connection.keepAliveProbes >= MAX_KEEP_ALIVE_PROBES;
  if (isOver) {
    connection.fail(connection.softError ?? "ETIMEDOUT");
    return;
  }
  connection.keepAliveProbes++;
  sendKeepAlive(connection);
}
