import { TCP_SYN } from "../../wire/tcp.js";
import { NewReno } from "./congestion.js";
import type { Connection } from "./connection.js";
import type { Segment } from "./segment.js";
import { distance, later } from "./sequence.js";

/** The peer has acknowledged our SYN: what is timed and counted begins anew (RFC 9293 §3.10.7.3, §3.10.7.4). */
export function clearHandshake(connection: Connection, segment: Segment): void {
  const isSyn = segment.has(TCP_SYN);
  connection.sndUna = segment.acknowledgment;
  connection.sndNxt = later(connection.sndNxt, connection.sndUna);
  // The window of a SYN is not scaled (RFC 7323 §2.2).
  connection.sndWnd = isSyn ? segment.window : segment.window << connection.sndWindowScale;
  connection.maxSndWnd = Math.max(connection.maxSndWnd, connection.sndWnd);
  connection.sndWl1 = segment.sequence;
  connection.sndWl2 = segment.acknowledgment;
  if (connection.retries > 0) {
    // RFC 6298 §5.7 and RFC 5681 §3.1: a SYN that was lost says that the path is slow or full.
    connection.rtt.synWasLost();
    connection.congestion = new NewReno(connection.mss, 1);
  } else if (connection.timedAt >= 0 && distance(segment.acknowledgment, connection.timedSequence) >= 0) {
    connection.rtt.sample(segment.now - connection.timedAt);
  }
  connection.timedAt = -1;
  connection.retries = 0;
  connection.retransmitAt = Infinity;
}
