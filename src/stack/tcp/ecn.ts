import { TCP_ACK, TCP_CWR, TCP_ECE } from "../../wire/tcp.js";
import type { Connection } from "./connection.js";
import type { PeerSyn } from "./handshake.js";
import type { Segment } from "./segment.js";
import { TcpState } from "./state.js";

/** What a SYN asks for ECN with. */
export const ECN_FLAGS = TCP_ECE | TCP_CWR;

/**
 * Explicit congestion notification on a connection whose ends have agreed on it (RFC 3168 §6.1). What a mark does to the
 * congestion window is the business of recovery/.
 */
export class Ecn {
  /** The network has marked what came; each acknowledgment says so until the peer reports that it sends less. */
  isEchoing = false;
  /** This end sends less; the next new data says so. */
  hasReduced = false;

  /** A segment with data from inside the window (§6.1.3). @returns true if the peer must hear of it at once */
  onData(segment: Segment): boolean {
    const wasEchoing = this.isEchoing;
    if (segment.has(TCP_CWR)) this.isEchoing = false;
    if (segment.isMarked) this.isEchoing = true;
    // A peer that has reduced its window may have nothing else in flight.
    return segment.has(TCP_CWR) || this.isEchoing !== wasEchoing;
  }

  /** The flag of a segment with new data. */
  takeReduced(): number {
    if (!this.hasReduced) return 0;
    this.hasReduced = false;
    return TCP_CWR;
  }
}

/** What our SYN or SYN-ACK says of ECN (§6.1.1). A SYN that was lost is repeated without it (§6.1.1.1). */
export function ecnSynFlags(connection: Connection): number {
  if (connection.state === TcpState.SYN_RECEIVED) return connection.ecn === undefined ? 0 : TCP_ECE;
  return asks(connection) ? ECN_FLAGS : 0;
}

/** True if the peer's SYN asks for what this end grants, or its SYN-ACK grants what this end has asked for. */
export function agreesOnEcn(connection: Connection, syn: PeerSyn): boolean {
  const flags = syn.flags & ECN_FLAGS;
  // Both flags in a SYN-ACK are no consent: some hosts return reserved bits as they came.
  if ((syn.flags & TCP_ACK) !== 0) return flags === TCP_ECE && asks(connection);
  if (flags !== ECN_FLAGS) return false;
  return connection.state === TcpState.SYN_SENT ? asks(connection) : connection.tcp.tuning.ecn !== "off";
}

function asks({ tcp, retries }: Connection): boolean {
  return tcp.tuning.ecn === "active" && retries === 0;
}
