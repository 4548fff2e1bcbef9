import { READABLE, type Connection } from "./connection.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";

/** With room for fewer segments than this, each is acknowledged at once: the sender waits for every one. */
const FEW_SEGMENTS = 4;

/** The seventh step of RFC 9293 §3.10.7.4. The segment has been trimmed to the window. */
export function receiveData(connection: Connection, segment: Segment): void {
  const ring = connection.receiveRing!;
  const { assembler } = connection;
  const length = segment.dataLength;
  const offset = distance(segment.sequence, connection.rcvNxt);
  if (offset === 0 && assembler.isEmpty) {
    ring.place(0, segment.bytes, segment.dataAt, length);
    ring.commit(length);
    connection.rcvNxt = advance(connection.rcvNxt, length);
    acknowledgeLater(connection, length, segment.now);
    connection.raise(READABLE);
    return;
  }
  // RFC 5681 §4.2: out of order, or filling a gap: the sender must know at once.
  connection.ackNow = true;
  if (!assembler.add(segment.sequence, advance(segment.sequence, length))) return;
  ring.place(offset, segment.bytes, segment.dataAt, length);
  const next = assembler.advance(connection.rcvNxt);
  const gained = distance(next, connection.rcvNxt);
  if (gained === 0) return;
  ring.commit(gained);
  connection.rcvNxt = next;
  connection.raise(READABLE);
}

/** Delayed acknowledgments: at least one for two full segments (RFC 9293 §3.8.6.3, RFC 5681 §4.2). */
function acknowledgeLater(connection: Connection, length: number, now: number): void {
  if (length > connection.largestSegment) connection.largestSegment = length;
  connection.unacknowledgedBytes += length;
  const window = distance(connection.rcvAdv, connection.rcvNxt);
  if (
    connection.unacknowledgedBytes >= 2 * connection.largestSegment ||
    window < FEW_SEGMENTS * connection.largestSegment
  ) {
    connection.ackNow = true;
  } else if (connection.ackAt === Infinity) {
    connection.ackAt = now + connection.tcp.tuning.delayedAck;
  }
}
