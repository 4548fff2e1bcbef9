/** The states of a connection (RFC 9293 §3.3.2); LISTEN is a `TcpListener` of its own. Their order is used: see below. */
export const TcpState = Object.freeze({
  CLOSED: 0,
  SYN_SENT: 1,
  SYN_RECEIVED: 2,
  ESTABLISHED: 3,
  FIN_WAIT_1: 4,
  FIN_WAIT_2: 5,
  CLOSE_WAIT: 6,
  CLOSING: 7,
  LAST_ACK: 8,
  TIME_WAIT: 9,
} as const);

export type TcpState = (typeof TcpState)[keyof typeof TcpState];

const NAMES = Object.freeze([
  "CLOSED",
  "SYN-SENT",
  "SYN-RECEIVED",
  "ESTABLISHED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "CLOSE-WAIT",
  "CLOSING",
  "LAST-ACK",
  "TIME-WAIT",
]);

/** As RFC 9293 writes it. */
export function stateName(state: TcpState): string {
  return NAMES[state]!;
}

/** True if the peer may still send data. */
export function canReceive(state: TcpState): boolean {
  return state === TcpState.ESTABLISHED || state === TcpState.FIN_WAIT_1 || state === TcpState.FIN_WAIT_2;
}

/** True if this end may still queue data. */
export function canSend(state: TcpState): boolean {
  return state === TcpState.ESTABLISHED || state === TcpState.CLOSE_WAIT;
}
