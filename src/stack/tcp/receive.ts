import { Assembler } from "./assembler.js";
import { FEW_SEGMENTS, READABLE, type Connection } from "./connection.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";

/** The seventh step of RFC 9293 §3.10.7.4. The segment has been trimmed to the window. */
export function receiveData(connection: Connection, segment: Segment): void {
  const ring = connection.receiveRing!;
  const length = segment.dataLength;
  const offset = distance(segment.sequence, connection.rcvNxt);
  const end = advance(segment.sequence, length);
  if (!ring.canPlace(offset, length)) {
    connection.tcp.stack.counters.drop("tcp-memory");
    connection.ackNow = true;
    return;
  }
  if (connection.ecn?.onData(segment) === true) connection.ackNow = true;
  // RFC 5681 §4.2: out of order, or filling a gap: the sender must know at once.
  if (offset > 0) {
    connection.ackNow = true;
    const extras = connection.ownExtras;
    const assembler = (extras.assembler ??= new Assembler());
    noteOverlap(connection, assembler, segment.sequence, end);
    if (assembler.add(segment.sequence, end)) ring.place(offset, segment.bytes, segment.dataAt, length);
    return;
  }
  ring.place(0, segment.bytes, segment.dataAt, length);
  const { assembler, finSequence } = connection.extras;
  const fillsGap = assembler !== undefined;
  let next = end;
  if (fillsGap) {
    noteOverlap(connection, assembler, segment.sequence, end);
    next = assembler.advance(end);
    if (assembler.isEmpty) connection.ownExtras.assembler = undefined;
  }
  // Nothing follows a FIN: text that claims to is not the peer's.
  if (finSequence !== undefined && distance(next, finSequence) > 0) next = finSequence;
  ring.commit(distance(next, connection.rcvNxt));
  connection.rcvNxt = next;
  if (fillsGap) connection.ackNow = true;
  else acknowledgeLater(connection, length, segment.now);
  connection.raise(READABLE);
}

function noteOverlap(connection: Connection, assembler: Assembler, start: number, end: number): void {
  const overlap = assembler.overlap(start, end);
  if (overlap !== undefined) connection.noteDuplicate(...overlap);
}

/**
 * Delayed acknowledgments: one for two segments (RFC 9293 §3.8.6.3, RFC 5681 §4.2), full or not: a sender that has two in
 * flight does not expect to wait, and would probe for the second as lost (RFC 8985 §7.2). With a small buffer each is
 * acknowledged, once the user has had the chance to read it: the window is then as open as it can be.
 */
function acknowledgeLater(connection: Connection, length: number, now: number): void {
  // A link may have joined several segments to one.
  if (length > connection.largestSegment) connection.largestSegment = Math.min(length, connection.mss);
  if (connection.receiveRing!.capacity < FEW_SEGMENTS * connection.largestSegment) {
    connection.ackAt = now;
    connection.tcp.wantsOutput(connection);
  } else if (connection.extras.quickAcks > 0) {
    connection.ownExtras.quickAcks--;
    connection.ackNow = true;
  } else if (connection.ackAt !== Infinity || length >= 2 * connection.largestSegment) {
    connection.ackNow = true;
  } else {
    connection.ackAt = now + connection.tcp.tuning.delayedAck;
  }
}
