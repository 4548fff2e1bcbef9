import { TCP_FIN } from "../../wire/tcp.js";
import { WRITABLE, type Connection } from "./connection.js";
import { retransmitFirst, startRetransmitTimer } from "./output.js";
import type { Segment } from "./segment.js";
import { advance, distance, later } from "./sequence.js";

/** Duplicate acknowledgments that mean a loss (RFC 5681 §3.2). */
const DUPLICATE_THRESHOLD = 3;

/**
 * The fifth step of RFC 9293 §3.10.7.4 in the states from ESTABLISHED on.
 * @returns false if the segment must be dropped
 */
export function processAck(connection: Connection, segment: Segment): boolean {
  const ack = segment.acknowledgment;
  // RFC 5961 §5.2: neither of the future nor older than any window.
  if (distance(ack, connection.sndMax) > 0 || distance(connection.sndUna, ack) > connection.maxSndWnd) {
    connection.tcp.challenge(connection);
    return false;
  }
  const acked = distance(ack, connection.sndUna);
  if (acked < 0) return true;
  const window = segment.window << connection.sndWindowScale;
  if (acked > 0) {
    acknowledge(connection, acked, segment.now);
  } else if (isDuplicate(connection, segment, window)) {
    onDuplicateAck(connection);
  }
  updateWindow(connection, segment, window);
  return true;
}

function acknowledge(connection: Connection, acked: number, now: number): void {
  const ack = advance(connection.sndUna, acked);
  const ring = connection.sendRing;
  // What exceeds the ring's content is the FIN.
  ring?.discard(Math.min(acked, ring.length));
  connection.sndUna = ack;
  connection.sndNxt = later(connection.sndNxt, ack);
  if (connection.timedAt >= 0 && distance(ack, connection.timedSequence) >= 0) {
    connection.rtt.sample(now - connection.timedAt);
    connection.timedAt = -1;
  } else if (connection.retries > 0) {
    connection.rtt.restore();
  }
  connection.retries = 0;
  connection.softError = undefined;
  connection.unacknowledgedSince = now;
  connection.retransmitAt = Infinity;
  if (ack !== connection.sndMax) startRetransmitTimer(connection);
  recover(connection, acked);
  if (
    ring !== undefined &&
    connection.wantsRoom &&
    ring.free >= ring.capacity >> 1 &&
    !connection.finQueued
  ) {
    connection.wantsRoom = false;
    connection.raise(WRITABLE);
  }
}

/** NewReno (RFC 6582 §3.2). */
function recover(connection: Connection, acked: number): void {
  const { congestion } = connection;
  connection.duplicateAcks = 0;
  if (!congestion.isRecovering) {
    congestion.onAck(acked);
    // It stays just behind, so that it can be compared however much is sent without a loss.
    connection.recover = later(connection.recover, advance(connection.sndUna, -1));
  } else if (distance(connection.sndUna, connection.recover) >= 0) {
    congestion.onRecovered(connection.inFlight);
  } else {
    congestion.onPartialAck(acked);
    retransmitFirst(connection);
  }
}

/** RFC 5681 §2: nothing but an acknowledgment that says again what is known, while data is out. */
function isDuplicate(connection: Connection, segment: Segment, window: number): boolean {
  return (
    segment.dataLength === 0 &&
    !segment.has(TCP_FIN) &&
    connection.inFlight > 0 &&
    connection.persistAt === Infinity &&
    window === connection.sndWnd
  );
}

function onDuplicateAck(connection: Connection): void {
  const { congestion } = connection;
  connection.duplicateAcks++;
  if (congestion.isRecovering) {
    congestion.onDuplicate();
    return;
  }
  // RFC 6582 §3.2, step 2: duplicates of what was sent before the last recovery say nothing new.
  const isNew = distance(connection.sndUna, connection.recover) > 0;
  if (connection.duplicateAcks === DUPLICATE_THRESHOLD && isNew) {
    congestion.onLoss(connection.inFlight);
    connection.recover = connection.sndMax;
    retransmitFirst(connection);
  }
}

function updateWindow(connection: Connection, segment: Segment, window: number): void {
  const order = distance(segment.sequence, connection.sndWl1);
  if (order < 0 || (order === 0 && distance(segment.acknowledgment, connection.sndWl2) < 0)) return;
  connection.sndWnd = window;
  if (window > connection.maxSndWnd) connection.maxSndWnd = window;
  connection.sndWl1 = segment.sequence;
  connection.sndWl2 = segment.acknowledgment;
  if (connection.persistAt === Infinity) return;
  // The peer has answered a probe: it is alive, if without room.
  connection.unacknowledgedSince = segment.now;
  if (window > 0) {
    connection.persistAt = Infinity;
    connection.persistBackoff = 0;
  }
}
