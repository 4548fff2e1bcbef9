import { TCP_ECE, TCP_FIN } from "../../wire/tcp.js";
import { growSendBuffer } from "./buffers.js";
import { WRITABLE, type Connection } from "./connection.js";
import { scheduleProbe, startRetransmitTimer } from "./output.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";

/**
 * The fifth step of RFC 9293 §3.10.7.4 in the states from ESTABLISHED on.
 * @returns false if the segment must be dropped
 */
export function processAck(connection: Connection, segment: Segment): boolean {
  const ack = segment.acknowledgment;
  acceptWindowProbe(connection, segment);
  // RFC 5961 §5.2: neither of the future nor older than any window.
  if (distance(ack, connection.sndNxt) > 0 || distance(connection.sndUna, ack) > connection.maxSndWnd) {
    connection.tcp.challenge(connection);
    return false;
  }
  const acked = distance(ack, connection.sndUna);
  if (acked < 0) {
    readOldAck(connection, segment);
    return true;
  }
  const window = segment.window << connection.sndWindowScale;
  const isDuplicate = acked === 0 && isDuplicateAck(connection, segment, window);
  const { recovery } = connection;
  const { probe } = recovery;
  // Most acknowledgments without data, with nothing in flight, say nothing, unless a probe was for nothing.
  if (recovery.sent.count > 0 || probe.isOut) {
    const { report } = connection.tcp;
    recovery.read(segment, report, isDuplicate);
    if (acked > 0) advanceUna(connection, acked, segment.now);
    sampleRoundTrip(connection, report.rtt, report.advances ? report.timestampEcho : undefined, segment.now);
    if (probe.onAck(ack, report)) recovery.onProbeRepair();
    if (connection.ecn !== undefined && segment.has(TCP_ECE) && report.advances) recovery.onCongestionMark();
    recovery.act(report);
    if (acked > 0) restartTimers(connection, segment.now);
    else if (recovery.sent.sacked > 0 || recovery.state !== "open") probe.cancel();
    if (recovery.isDone) connection.endFlight();
  }
  updateWindow(connection, segment, window);
  return true;
}

/** Overtaken by a later acknowledgment; its SACK blocks may still tell something new (RFC 6675 §5). */
function readOldAck(connection: Connection, segment: Segment): void {
  const { recovery, tcp } = connection;
  if (segment.sackBlocks === 0 || recovery.sent.count === 0) return;
  recovery.read(segment, tcp.report, false);
  recovery.act(tcp.report);
}

/** The byte that probed a closed window was taken: now it counts as sent. */
function acceptWindowProbe(connection: Connection, segment: Segment): void {
  if (!connection.extras.isProbingWindow) return;
  const end = advance(connection.sndNxt, 1);
  if (segment.acknowledgment !== end) return;
  connection.ownExtras.isProbingWindow = false;
  connection.beginFlight().sent.push(end, segment.now);
  connection.sndNxt = end;
}

function advanceUna(connection: Connection, acked: number, now: number): void {
  const ring = connection.sendRing;
  // What exceeds the ring's content is the FIN.
  ring?.discard(Math.min(acked, ring.length));
  connection.sndUna = advance(connection.sndUna, acked);
  connection.retries = 0;
  const { extras } = connection;
  if (extras.mtuSearch?.onAck(connection.sndUna) === true) connection.fitMss();
  if (extras.softError !== undefined) connection.ownExtras.softError = undefined;
  if (extras.sndUp !== undefined && distance(connection.sndUna, extras.sndUp) >= 0)
    connection.ownExtras.sndUp = undefined;
  connection.unacknowledgedSince = now;
  if (ring === undefined || connection.finQueued) return;
  growSendBuffer(connection);
  const gain = ring.free - connection.roomTold;
  const worth = roomWorthTelling(ring.capacity, connection.segmentRoom);
  if (gain <= 0 || (gain < worth && ring.length > 0)) return;
  connection.roomTold = ring.free;
  connection.raise(WRITABLE);
}

/**
 * How much more room in the send buffer is worth a callback: an eighth of it keeps seven eighths in flight, and where that
 * is less than a segment, a segment does.
 */
function roomWorthTelling(capacity: number, segment: number): number {
  return Math.min(capacity >> 1, Math.max(segment, capacity >> 3));
}

/** Prefers what was timed here, which is finer; timestamps serve where segments were retransmitted. */
function sampleRoundTrip(connection: Connection, rtt: number, echo: number | undefined, now: number): void {
  if (rtt >= 0) connection.rtt.sample(rtt);
  else if (echo !== undefined && connection.timestamps !== undefined && echo !== 0) {
    connection.rtt.sample(connection.timestamps.roundTrip(echo, now));
  }
}

/** RFC 6298 §5.2 and §5.3. */
function restartTimers(connection: Connection, now: number): void {
  connection.rtt.restore();
  connection.recovery.probe.cancel();
  if (connection.recovery.sent.count === 0) {
    connection.retransmitAt = Infinity;
    return;
  }
  startRetransmitTimer(connection);
  scheduleProbe(connection, now);
}

/** RFC 5681 §2: nothing but an acknowledgment that says again what is known, while data is out, or just was. */
function isDuplicateAck(connection: Connection, segment: Segment, window: number): boolean {
  return (
    !segment.hasData &&
    !segment.has(TCP_FIN) &&
    (connection.recovery.sent.count > 0 || connection.recovery.probe.isOut) &&
    connection.extras.persistAt === Infinity &&
    window === connection.sndWnd
  );
}

function updateWindow(connection: Connection, segment: Segment, window: number): void {
  const order = distance(segment.sequence, connection.sndWl1);
  if (order < 0 || (order === 0 && distance(segment.acknowledgment, connection.sndWl2) < 0)) return;
  if (connection.sndWnd === 0 && window > 0) connection.recovery.onWindowOpened();
  connection.sndWnd = window;
  if (window > connection.maxSndWnd) connection.maxSndWnd = window;
  connection.sndWl1 = segment.sequence;
  connection.sndWl2 = segment.acknowledgment;
  if (connection.extras.persistAt === Infinity) return;
  // The peer has answered a probe: it is alive, if without room.
  connection.unacknowledgedSince = segment.now;
  if (window > 0) {
    const extras = connection.ownExtras;
    extras.persistAt = Infinity;
    extras.persistBackoff = 0;
    extras.isProbingWindow = false;
  }
}
