import type { Connection } from "./connection.js";
import { TcpState } from "./state.js";

/** The least that a peer can make this end wait, in ms: R2 of RFC 1122 §4.2.3.5 (RFC 5482 §3.1, L_LIMIT). */
export const LEAST_ADOPTED_TIMEOUT = 100_000;
/** The most, in ms: buffers are not held for a dead peer any longer (RFC 5482 §6, U_LIMIT). */
export const MOST_ADOPTED_TIMEOUT = 3_600_000;

/**
 * A connection whose ends tell each other how long they wait (RFC 5482). SYNs say so, and the first segment behind them
 * as well, for SYN cookies remember no options (§3.2).
 */
export class TimeoutExchange {
  /** The next segment tells the peer. */
  isDue = true;

  /** @param advertised in ms (ADV_UTO) */
  constructor(public advertised: number) {}
}

/**
 * How long data may stay unacknowledged before the connection fails with ETIMEDOUT, in ms (RFC 9293 §3.9.1.1). A peer
 * cannot change it any more (RFC 5482 §3.1, CHANGEABLE), and it also ends what a peer with a closed window, or one that
 * answers no keep-alive, would keep open.
 */
export function setUserTimeout(connection: Connection, timeout: number): void {
  const extras = connection.ownExtras;
  const { timeoutExchange } = extras;
  extras.userTimeout = timeout;
  extras.hasOwnTimeout = true;
  if (timeoutExchange === undefined) return;
  timeoutExchange.advertised = timeout;
  timeoutExchange.isDue = true;
}

/** The peer tells how long it waits: this end waits as long, if its user has not said otherwise. */
export function adoptTimeout(
  connection: Connection,
  { userTimeout }: { readonly userTimeout: number | undefined },
): void {
  const { timeoutExchange, hasOwnTimeout } = connection.extras;
  if (timeoutExchange === undefined || userTimeout === undefined || hasOwnTimeout) return;
  connection.ownExtras.userTimeout = Math.min(
    MOST_ADOPTED_TIMEOUT,
    Math.max(timeoutExchange.advertised, userTimeout, LEAST_ADOPTED_TIMEOUT),
  );
}

/** The peer has been silent for too long about what was sent (RFC 9293 §3.8.3). */
export function hasTimedOut(connection: Connection, now: number): boolean {
  return now >= connection.unacknowledgedSince + timeoutOf(connection);
}

/** A window has been closed for longer than the user will wait, although the peer answers (RFC 6429 §4). */
export function hasStalled(connection: Connection, now: number): boolean {
  const { hasOwnTimeout, persistSince } = connection.extras;
  return hasOwnTimeout && now >= persistSince + connection.userTimeout;
}

/** Cuts a retransmission time-out so that the last one ends with the user time-out. @returns when to look again */
export function untilTimeout(connection: Connection, at: number): number {
  if (connection.retries === 0 || isOpening(connection)) return at;
  return Math.min(
    at,
    Math.max(connection.tcp.now + 1, connection.unacknowledgedSince + connection.userTimeout),
  );
}

/** A SYN is repeated for three minutes at least, whatever the user waits for data (RFC 1122 §4.2.3.5). */
function timeoutOf(connection: Connection): number {
  return isOpening(connection) ? connection.tcp.tuning.connectTimeout : connection.userTimeout;
}

export function isOpening({ state }: Connection): boolean {
  return state === TcpState.SYN_SENT || state === TcpState.SYN_RECEIVED;
}
