import { TCP_URG } from "../../wire/tcp.js";
import { URGENT, type Connection } from "./connection.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";

// Urgent data (RFC 9293 §3.8.5) as RFC 6093 has it: a mark in the stream, behind the last byte that is urgent. The bytes
// themselves stay where they are, so that a middlebox that clears the mark takes nothing away.

/** The header's field cannot say more; a mark further away is said to be here until it comes near. */
const MAX_URGENT_POINTER = 0xffff;

/** What the user has written last is urgent. */
export function markUrgent(connection: Connection): void {
  connection.ownExtras.sndUp = advance(connection.sndUna, connection.sendRing!.length);
  // The peer must hear of it even if its window takes no data (RFC 9293 §3.8.6.1).
  connection.ackNow = true;
}

/** What a segment that begins at `sequence` says of the mark; 0: nothing. */
export function urgentPointer({ extras }: Connection, sequence: number): number {
  const { sndUp } = extras;
  if (sndUp === undefined) return 0;
  return Math.min(MAX_URGENT_POINTER, Math.max(0, distance(sndUp, sequence)));
}

/** The sixth step of RFC 9293 §3.10.7.4. The user is told once for all that is urgent in a row. */
export function urgentArrives(connection: Connection, segment: Segment): void {
  if (!segment.has(TCP_URG) || distance(segment.urgent, connection.readPosition) <= 0) return;
  const { rcvUp } = connection.extras;
  if (rcvUp !== undefined && distance(segment.urgent, rcvUp) <= 0) return;
  connection.ownExtras.rcvUp = segment.urgent;
  if (rcvUp === undefined) connection.raise(URGENT);
}
