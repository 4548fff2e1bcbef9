import { TCP_SYN } from "../../wire/tcp.js";
import type { Connection } from "./connection.js";
import type { Segment } from "./segment.js";

/** What a peer's SYN says of itself. */
export interface PeerSyn {
  /** Those of ECN count (RFC 3168 §6.1.1), and ACK. */
  readonly flags: number;
  readonly mss: number | undefined;
  readonly windowScale: number | undefined;
  readonly sackPermitted: boolean;
  readonly hasTimestamps: boolean;
  readonly timestamp: number;
  readonly userTimeout: number | undefined;
  /** When it arrived, in monotonic ms. */
  readonly now: number;
}

/** The peer has acknowledged our SYN: what is timed and counted begins anew (RFC 9293 §3.10.7.3, §3.10.7.4). */
export function clearHandshake(connection: Connection, segment: Segment): void {
  const isSyn = segment.has(TCP_SYN);
  connection.sndUna = connection.sndNxt = segment.acknowledgment;
  // The window of a SYN is not scaled (RFC 7323 §2.2).
  connection.sndWnd = isSyn ? segment.window : segment.window << connection.sndWindowScale;
  connection.maxSndWnd = Math.max(connection.maxSndWnd, connection.sndWnd);
  connection.sndWl1 = segment.sequence;
  connection.sndWl2 = segment.acknowledgment;
  const { rtt, timestamps } = connection;
  if (connection.synSentAt >= 0) {
    rtt.sample(segment.now - connection.synSentAt);
    rtt.noteMinimum(segment.now - connection.synSentAt);
  } else if (timestamps !== undefined && segment.hasTimestamps) {
    rtt.sample(timestamps.roundTrip(segment.timestampEcho, segment.now));
  } else rtt.synWasLost();
  // RFC 5681 §3.1: a SYN that was lost says that the path is slow or full.
  connection.restartCongestionControl(connection.retries > 0 ? 1 : connection.initialWindow);
  connection.retries = 0;
  connection.retransmitAt = Infinity;
}
