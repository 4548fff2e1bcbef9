import { PROTOCOL_TCP } from "../../wire/ipv4.js";
import {
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LENGTH,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  emitSynOptions,
  emitTcp,
} from "../../wire/tcp.js";
import type { Connection } from "./connection.js";
import { advance, distance, later } from "./sequence.js";
import { TcpState } from "./state.js";

/** Sends what the connection's state, the windows and Nagle's rule allow now. */
export function output(connection: Connection): void {
  switch (connection.state) {
    case TcpState.CLOSED:
      return;
    case TcpState.SYN_SENT:
    case TcpState.SYN_RECEIVED:
      if (connection.sndNxt === connection.iss) sendSyn(connection);
      break;
    case TcpState.TIME_WAIT:
      break;
    default:
      sendData(connection);
  }
  if (connection.ackNow) sendAck(connection);
  connection.armTimer();
}

/**
 * An acknowledgment without data. It carries what the peer expects next even where older data is being sent again:
 * one with an old number would be refused. A byte that probes a closed window does not count as sent.
 */
export function sendAck(connection: Connection): void {
  const { persistAt, sndNxt, sndMax } = connection;
  transmit(connection, persistAt === Infinity ? sndMax : sndNxt, TCP_ACK, 0, 0);
}

/** Retransmits the first unacknowledged segment (RFC 5681 §3.2). */
export function retransmitFirst(connection: Connection): void {
  const { sndNxt } = connection;
  connection.sndNxt = connection.sndUna;
  connection.timedAt = -1;
  // What is unsent may fill the segment up, as far as the peer's window goes.
  const limit = Math.max(connection.sndWnd, 1);
  sendSegment(connection, Math.min(connection.mss, connection.sendRing!.length, limit));
  connection.sndNxt = later(sndNxt, connection.sndNxt);
}

/**
 * The persist timer has expired (RFC 9293 §3.8.6.1): sends what fits into a window that silly window avoidance
 * would not use, or one byte or the FIN into a closed one.
 * @returns true if it was a probe of a closed window
 */
export function sendProbe(connection: Connection): boolean {
  const { sndNxt } = connection;
  const unsent = connection.sendRing!.length - distance(sndNxt, connection.sndUna);
  if (unsent < 0 || (unsent === 0 && !connection.finQueued)) return false;
  const usable = distance(advance(connection.sndUna, connection.sndWnd), sndNxt);
  sendSegment(connection, Math.min(unsent, connection.mss, Math.max(1, usable)));
  if (usable > 0) return false;
  // It counts as sent only once it is acknowledged, and is repeated by the persist timer, not as a loss.
  connection.sndNxt = sndNxt;
  connection.timedAt = -1;
  connection.retransmitAt = Infinity;
  return true;
}

function sendSyn(connection: Connection): void {
  const flags = connection.state === TcpState.SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK;
  if (connection.sndMax === connection.iss) {
    startTiming(connection, advance(connection.iss, 1));
    connection.unacknowledgedSince = connection.tcp.now;
  } else connection.tcp.stack.counters.tcpRetransSegs++;
  transmit(connection, connection.iss, flags, 0, 0);
  connection.sndNxt = advance(connection.iss, 1);
  connection.sndMax = later(connection.sndMax, connection.sndNxt);
  startRetransmitTimer(connection);
}

function sendData(connection: Connection): void {
  const ring = connection.sendRing;
  if (ring === undefined) return;
  for (;;) {
    const sent = distance(connection.sndNxt, connection.sndUna);
    const unsent = ring.length - sent;
    if (unsent < 0) break; // the FIN is out as well
    const window = Math.min(connection.congestion.window, connection.sndWnd);
    const usable = window - sent;
    const length = Math.min(unsent, connection.mss, usable);
    if (length > 0 && isWorthSending(connection, length, unsent)) {
      sendSegment(connection, length);
    } else if (unsent === 0 && connection.finQueued) {
      sendFin(connection);
      break;
    } else {
      if (unsent > 0 && connection.retransmitAt === Infinity && connection.persistAt === Infinity) {
        connection.persistAt = connection.tcp.now + connection.rtt.rto;
      }
      break;
    }
  }
}

/** Silly window avoidance and Nagle's algorithm (RFC 9293 §3.8.6.2.1 and §3.7.4). */
function isWorthSending(connection: Connection, length: number, unsent: number): boolean {
  if (length === connection.mss) return true;
  const idle = connection.sndNxt === connection.sndUna;
  if (length === unsent && (idle || connection.noDelay || connection.finQueued)) return true;
  if (length >= connection.maxSndWnd >> 1) return true;
  // Going back over what was sent before is no new small segment.
  return distance(connection.sndMax, connection.sndNxt) >= length;
}

/** Sends `length` bytes from `sndNxt`, with the FIN if it comes right behind them. */
function sendSegment(connection: Connection, length: number): void {
  const ring = connection.sendRing!;
  const sequence = connection.sndNxt;
  const offset = distance(sequence, connection.sndUna);
  const isLast = offset + length === ring.length;
  let flags = TCP_ACK;
  if (isLast && length > 0) flags |= TCP_PSH;
  let end = advance(sequence, length);
  if (isLast && connection.finQueued) {
    flags |= TCP_FIN;
    end = advance(end, 1);
    finSent(connection);
  }
  if (distance(end, connection.sndMax) > 0) {
    if (connection.inFlight === 0) connection.unacknowledgedSince = connection.tcp.now;
    startTiming(connection, end);
  } else {
    connection.tcp.stack.counters.tcpRetransSegs++;
  }
  transmit(connection, sequence, flags, offset, length);
  connection.sndNxt = end;
  connection.sndMax = later(connection.sndMax, end);
  connection.persistAt = Infinity;
  if (connection.retransmitAt === Infinity) startRetransmitTimer(connection);
}

function sendFin(connection: Connection): void {
  sendSegment(connection, 0);
}

/** RFC 9293 §3.10.4: what closing does to the state, at the moment the FIN goes out. */
function finSent(connection: Connection): void {
  if (connection.state === TcpState.ESTABLISHED) connection.state = TcpState.FIN_WAIT_1;
  else if (connection.state === TcpState.CLOSE_WAIT) connection.state = TcpState.LAST_ACK;
}

/** Times one segment at a time, and none that was sent before (Karn's algorithm, RFC 6298 §3). */
function startTiming(connection: Connection, sequence: number): void {
  if (connection.timedAt >= 0) return;
  connection.timedSequence = sequence;
  connection.timedAt = connection.tcp.now;
}

/** RFC 6298 §5.1. */
export function startRetransmitTimer(connection: Connection): void {
  connection.retransmitAt = connection.tcp.now + connection.rtt.rto;
}

/**
 * The window to offer. The right edge moves only by what is worth a segment to the peer (RFC 9293 §3.8.6.2.2).
 * @returns as it stands in the header
 */
function offerWindow(connection: Connection): number {
  const ring = connection.receiveRing;
  if (ring === undefined) return 0;
  const edge = advance(connection.rcvNxt, ring.free);
  const gain = distance(edge, connection.rcvAdv);
  if (gain >= Math.min(connection.mss, ring.capacity >> 1)) connection.rcvAdv = edge;
  const window = Math.max(0, distance(connection.rcvAdv, connection.rcvNxt));
  return Math.min(0xffff, window >> connection.rcvWindowScale);
}

function transmit(
  connection: Connection,
  sequence: number,
  flags: number,
  offset: number,
  length: number,
): void {
  const { tcp } = connection;
  const { stack } = tcp;
  const path = tcp.pathOf(connection);
  if (path === undefined) {
    stack.counters.drop("no-route");
    return;
  }
  const { frame } = stack;
  const at = path.payloadAt;
  let headerLength = TCP_HEADER_LENGTH;
  let window: number;
  if ((flags & TCP_SYN) !== 0) {
    const scale = connection.windowScaling ? connection.rcvWindowScale : undefined;
    headerLength += emitSynOptions(frame, at, connection.offeredMss, scale);
    // RFC 7323 §2.2: the window of a SYN is never scaled.
    window = Math.min(0xffff, connection.receiveRing!.free);
    connection.rcvAdv = advance(connection.rcvNxt, window);
  } else {
    window = offerWindow(connection);
  }
  if (length > 0) connection.sendRing!.copy(offset, frame, at + headerLength, length);
  const total = headerLength + length;
  emitTcp(
    frame,
    at,
    connection.localPort,
    connection.remotePort,
    sequence,
    (flags & TCP_ACK) === 0 ? 0 : connection.rcvNxt,
    flags,
    window,
    headerLength,
    total,
    path.pseudoSum(PROTOCOL_TCP, total),
  );
  if ((flags & TCP_ACK) !== 0) {
    connection.ackNow = false;
    connection.ackAt = Infinity;
    connection.unacknowledgedBytes = 0;
  }
  stack.counters.tcpOutSegs++;
  if ((flags & TCP_RST) !== 0) stack.counters.tcpOutRsts++;
  stack.ip.send(path, PROTOCOL_TCP, total);
}

/** <SEQ=SND.NXT><CTL=RST,ACK> (RFC 9293 §3.10.5). */
export function sendConnectionReset(connection: Connection): void {
  transmit(connection, connection.sndNxt, TCP_RST | TCP_ACK, 0, 0);
}
