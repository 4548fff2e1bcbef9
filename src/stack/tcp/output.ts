import { ECN_ECT0, ECN_NOT_ECT, PROTOCOL_TCP } from "../../wire/ipv4.js";
import {
  TCP_ACK,
  TCP_ECE,
  TCP_FIN,
  TCP_HEADER_LENGTH,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
  emitPartialTcpChecksum,
  emitSackOption,
  emitSynOptions,
  emitTcp,
  emitTimestampsOption,
  emitUserTimeoutOption,
} from "../../wire/tcp.js";
import { receiveRoom } from "./buffers.js";
import type { Connection } from "./connection.js";
import { noteWindowUse } from "./congestion/window-use.js";
import { ecnSynFlags } from "./ecn.js";
import type { Extras } from "./extras.js";
import { probeLength } from "./mtu-search.js";
import { advance, distance, later } from "./sequence.js";
import { TcpState } from "./state.js";
import { urgentPointer } from "./urgent.js";
import { untilTimeout } from "./user-timeout.js";

/**
 * Bytes that a connection sends in one go at most: what it may send beyond them waits for the next poll, so that others
 * have their turn, acknowledgments come in, and no link's queue must take a whole window at once.
 */
const MAX_BURST = 256 * 1024;

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
    case TcpState.FIN_WAIT_2:
      // Here, where the time is known, and not in `close`, which a program may call at any time.
      if (connection.isOrphan)
        connection.ownExtras.expireAt = Math.min(
          connection.extras.expireAt,
          connection.tcp.now + connection.tcp.tuning.finTimeout,
        );
      break;
    default:
      sendData(connection);
  }
  if (connection.ackNow || connection.ackAt <= connection.tcp.now) sendAck(connection);
  connection.armTimer();
}

/** An acknowledgment without data. */
export function sendAck(connection: Connection): void {
  transmit(connection, connection.sndNxt, TCP_ACK, 0, 0);
}

/** Says again what is known: a peer that is there must answer, since the number is old (RFC 9293 §3.8.4). */
export function sendKeepAlive(connection: Connection): void {
  transmit(connection, advance(connection.sndNxt, -1), TCP_ACK, 0, 0);
}

/** <SEQ=SND.NXT><CTL=RST,ACK> (RFC 9293 §3.10.5). */
export function sendConnectionReset(connection: Connection): void {
  transmit(connection, connection.sndNxt, TCP_RST | TCP_ACK, 0, 0);
}

/** Sends a segment again that is in flight or lost. @param index in `recovery.sent` */
export function retransmit(connection: Connection, index: number): void {
  const { recovery, tcp } = connection;
  const { sent } = recovery;
  if (index >= sent.count) return;
  const start = index === 0 ? connection.sndUna : sent.end(index - 1);
  const room = connection.segmentRoom;
  const offset = distance(start, connection.sndUna);
  const unacknowledged = connection.sendRing!.length - offset;
  // The path may carry less than it did, or the options take more: what does not fit becomes a segment of its own.
  if (Math.min(distance(sent.end(index), start), unacknowledged) > room)
    sent.split(index, advance(start, room));
  const span = distance(sent.end(index), start);
  const length = Math.min(span, unacknowledged);
  let flags = TCP_ACK;
  if (length > 0 && offset + length === connection.sendRing!.length) flags |= TCP_PSH;
  if (length < span) flags |= TCP_FIN;
  tcp.stack.counters.tcpRetransSegs++;
  connection.extras.mtuSearch?.onRetransmitted(start);
  recovery.onRetransmitted(index, tcp.now);
  transmit(connection, start, flags, offset, length);
  connection.lastSentAt = tcp.now;
  // RFC 6675 §6: a repair that takes long must not look like one that has failed.
  if (index === 0 || connection.retransmitAt === Infinity) startRetransmitTimer(connection);
}

/** RFC 8985 §7.3: new data if there is any, else the last segment once more. */
export function sendTailLossProbe(connection: Connection): void {
  const { recovery } = connection;
  const { probe } = recovery;
  const length = newSegmentLength(connection);
  probe.cancel();
  if (recovery.sent.count === 0 || probe.isOut) return;
  if (length > 0) sendSegment(connection, length);
  else retransmit(connection, recovery.sent.count - 1);
  probe.sent(connection.sndNxt, length <= 0);
  startRetransmitTimer(connection);
}

/**
 * The persist timer has expired (RFC 9293 §3.8.6.1): sends what fits into a window that silly window avoidance
 * would not use, or one byte or the FIN into a closed one.
 * @returns true if it was a probe of a closed window
 */
export function sendWindowProbe(connection: Connection): boolean {
  const ring = connection.sendRing!;
  const unsent = ring.length - connection.inFlight;
  if (unsent < 0 || (unsent === 0 && !connection.finQueued)) return false;
  const usable = connection.sndWnd - connection.inFlight;
  if (usable > 0 || unsent === 0) {
    sendSegment(connection, Math.min(unsent, connection.segmentRoom, Math.max(0, usable)));
    return false;
  }
  // It counts as sent only once it is acknowledged, and is repeated by the persist timer, not as a loss.
  connection.ownExtras.isProbingWindow = true;
  transmit(connection, connection.sndNxt, TCP_ACK, connection.inFlight, 1);
  return true;
}

/** RFC 6298 §5.1. */
export function startRetransmitTimer(connection: Connection): void {
  connection.retransmitAt = untilTimeout(connection, connection.tcp.now + connection.rtt.rto);
}

/** RFC 8985 §7.2: only while all is well, and with SACK, without which a probe's answer says nothing. */
export function scheduleProbe(connection: Connection, now: number): void {
  const { recovery, rtt, tcp } = connection;
  const { probe } = recovery;
  if (!tcp.tuning.tailLossProbe || !connection.sackPermitted || rtt.srtt === undefined || probe.isOut) return;
  if (recovery.state !== "open" || recovery.sent.sacked > 0 || recovery.sent.count === 0) return;
  probe.schedule(now, rtt.srtt, recovery.sent.count, connection.retransmitAt);
}

function sendSyn(connection: Connection): void {
  const { tcp } = connection;
  const flags =
    ecnSynFlags(connection) | (connection.state === TcpState.SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK);
  if (connection.retransmitAt === Infinity) {
    connection.synSentAt = connection.unacknowledgedSince = tcp.now;
  } else {
    tcp.stack.counters.tcpRetransSegs++;
  }
  transmit(connection, connection.iss, flags, 0, 0);
  connection.sndNxt = advance(connection.iss, 1);
  startRetransmitTimer(connection);
}

function sendData(connection: Connection): void {
  if (connection.sendRing === undefined) return;
  connection.tcp.pathOf(connection);
  restartAfterIdle(connection);
  if (!connection.recovery.prefersNewData) resendLost(connection);
  const { congestion, sndNxt } = connection;
  let isLimited = false;
  let burst = 0;
  for (;;) {
    const unsent = connection.sendRing.length - connection.inFlight;
    if (unsent < 0) break; // the FIN is out as well
    if (connection.extras.mtuSearch !== undefined && sendMtuProbe(connection, unsent)) continue;
    const length = newSegmentLength(connection);
    isLimited = connection.recovery.inFlight >= congestion.window;
    if (length > 0 && isWorthSending(connection, length, unsent)) {
      if (isLimited) break;
      const count = fullSegmentsAtOnce(connection, unsent);
      sendSegments(connection, length, count);
      burst += count > 1 ? count * length : length;
      if (burst >= MAX_BURST) {
        connection.tcp.wantsOutput(connection);
        break;
      }
    } else if (unsent === 0 && connection.finQueued) {
      sendSegment(connection, 0);
      break;
    } else {
      isLimited = false;
      if (unsent > 0 && connection.retransmitAt === Infinity && connection.extras.persistAt === Infinity) {
        connection.ownExtras.persistAt = connection.tcp.now + connection.rtt.rto;
      }
      break;
    }
  }
  connection.recovery.prefersNewData = false;
  if (isLimited || connection.sndNxt !== sndNxt) noteWindowUse(connection, isLimited);
}

/** New data in a segment larger than the path is known to carry (RFC 4821 §7). @returns false if it is not the time */
function sendMtuProbe(connection: Connection, unsent: number): boolean {
  const length = probeLength(connection, unsent);
  if (length === 0) return false;
  connection.extras.mtuSearch!.sent(length + connection.optionLength, connection.sndNxt, length);
  sendSegment(connection, length);
  return true;
}

/** RFC 6675 §5, step C: what is lost goes first. */
function resendLost(connection: Connection): void {
  const { recovery, congestion } = connection;
  while (recovery.inFlight < congestion.window) {
    const index = recovery.nextLost;
    if (index < 0) return;
    const start = index === 0 ? connection.sndUna : recovery.sent.end(index - 1);
    // A peer that has taken its window back gets only the first segment, as a probe.
    if (index > 0 && distance(start, connection.sndUna) >= connection.sndWnd) return;
    retransmit(connection, index);
  }
}

/** RFC 5681 §4.1: after a pause longer than the RTO nothing is known about the path any more. */
function restartAfterIdle(connection: Connection): void {
  const { tcp, rtt, congestion } = connection;
  if (!tcp.tuning.slowStartAfterIdle) return;
  if (connection.recovery.sent.count > 0 || tcp.now - connection.lastSentAt <= rtt.rto) return;
  congestion.restart(connection.initialWindow);
}

/** Bytes of new data that one segment may carry now, the congestion window aside. */
function newSegmentLength(connection: Connection): number {
  const { inFlight } = connection;
  const unsent = connection.sendRing!.length - inFlight;
  return Math.min(unsent, connection.segmentRoom, connection.sndWnd - inFlight);
}

/** Silly window avoidance and Nagle's algorithm (RFC 9293 §3.8.6.2.1 and §3.7.4). */
function isWorthSending(connection: Connection, length: number, unsent: number): boolean {
  if (length === connection.segmentRoom) return true;
  const idle = connection.sndNxt === connection.sndUna || urgentPointer(connection, connection.sndNxt) > 0;
  if (length === unsent && (idle || connection.noDelay || connection.finQueued)) return true;
  return length >= connection.maxSndWnd >> 1;
}

/** How many full segments of new data may go now, and fit into one packet of a link that cuts it into segments. */
function fullSegmentsAtOnce(connection: Connection, unsent: number): number {
  // One segment alone may say that the window was reduced, and each counts the way to urgent data from its own begin.
  if (connection.ecn?.hasReduced === true || urgentPointer(connection, connection.sndNxt) > 0) return 1;
  const { recovery, congestion, optionLength, tcp } = connection;
  const room = (tcp.pathOf(connection)?.maxSegmentedPayload ?? 0) - TCP_HEADER_LENGTH - optionLength;
  const length = Math.min(unsent, connection.sndWnd - connection.inFlight, room);
  const count = Math.floor(length / (connection.mss - optionLength));
  return Math.min(count, Math.floor(congestion.window - recovery.inFlight));
}

/** Sends one segment of `length` new bytes, with the FIN if it comes right behind them. */
function sendSegment(connection: Connection, length: number): void {
  sendSegments(connection, length, 1);
}

/**
 * Sends `count` segments of `segmentSize` new bytes each, with the FIN if it comes right behind them: in one packet,
 * which the link cuts; to loss recovery each is a segment of its own.
 */
function sendSegments(connection: Connection, segmentSize: number, count: number): void {
  const { tcp } = connection;
  const recovery = connection.beginFlight();
  const sequence = connection.sndNxt;
  const offset = connection.inFlight;
  const length = count > 1 ? count * segmentSize : segmentSize;
  const isLast = offset + length === connection.sendRing!.length;
  let flags = TCP_ACK;
  if (isLast && length > 0) flags |= TCP_PSH;
  let end = advance(sequence, length);
  if (isLast && connection.finQueued) {
    flags |= TCP_FIN;
    end = advance(end, 1);
    finSent(connection);
  }
  if (recovery.sent.count === 0) connection.unacknowledgedSince = tcp.now;
  let codepoint: number = ECN_NOT_ECT;
  if (length > 0 && connection.ecn !== undefined) {
    // RFC 3168 §6.1.4 to §6.1.6: only new data may be marked; the loss of anything else would not be noticed.
    codepoint = ECN_ECT0;
    flags |= connection.ecn.takeReduced();
  }
  transmit(connection, sequence, flags, offset, length, codepoint);
  for (let i = 1; i < count; i++) recordSent(connection, advance(sequence, i * segmentSize));
  recordSent(connection, end);
  connection.sndNxt = end;
  connection.lastSentAt = tcp.now;
  stopWindowProbes(connection);
  if (connection.retransmitAt === Infinity) startRetransmitTimer(connection);
  scheduleProbe(connection, tcp.now);
}

/** The window has room again. */
function stopWindowProbes(connection: Connection): void {
  const { persistAt, isProbingWindow } = connection.extras;
  if (persistAt === Infinity && !isProbingWindow) return;
  const extras = connection.ownExtras;
  extras.persistAt = Infinity;
  extras.isProbingWindow = false;
}

/** A segment of new data is on its way. */
function recordSent({ recovery, tcp }: Connection, end: number): void {
  recovery.sent.push(end, tcp.now);
  recovery.onNewDataSent();
}

/** RFC 9293 §3.10.4: what closing does to the state, at the moment the FIN goes out. */
function finSent(connection: Connection): void {
  if (connection.state === TcpState.ESTABLISHED) connection.state = TcpState.FIN_WAIT_1;
  else if (connection.state === TcpState.CLOSE_WAIT) connection.state = TcpState.LAST_ACK;
}

/**
 * The window to offer. The right edge moves only by what is worth a segment to the peer (RFC 9293 §3.8.6.2.2), and never
 * left: what was offered is rounded up to whole units (RFC 7323 §2.4).
 * @returns as it stands in the header
 */
function offerWindow(connection: Connection): number {
  const { receiveRing: ring, rcvWindowScale: shift } = connection;
  if (ring === undefined) return 0;
  const room = receiveRoom(connection);
  const offered = Math.max(0, distance(connection.rcvAdv, connection.rcvNxt));
  let units = Math.ceil(offered / (1 << shift));
  if (room - offered >= Math.min(connection.segmentRoom, ring.capacity >> 1))
    units = Math.max(units, room >> shift);
  // What is not there cannot be offered, whatever was.
  units = Math.min(units, ring.free >> shift);
  connection.rcvAdv = later(connection.rcvAdv, advance(connection.rcvNxt, units << shift));
  return units;
}

/** What SACK blocks say: a duplicate first, once (RFC 2883 §4), then what has come out of order. */
function reportReceived(extras: Extras, edges: Int32Array, blocks: number): void {
  const { assembler, duplicate } = extras;
  if (duplicate !== undefined) {
    [edges[0], edges[1]] = duplicate;
    extras.duplicate = undefined;
  }
  assembler?.report(edges, duplicate === undefined ? 0 : 1, blocks);
}

/** @returns how many bytes the options take */
function writeOptions(connection: Connection, frame: Uint8Array, at: number, flags: number): number {
  const { timestamps, tcp } = connection;
  const begin = at + TCP_HEADER_LENGTH;
  const { timeoutExchange } = connection.extras;
  if ((flags & TCP_SYN) !== 0) {
    const length = emitSynOptions(frame, at, {
      mss: connection.offeredMss,
      windowScale: connection.windowScaling ? connection.rcvWindowScale : undefined,
      sackPermitted: connection.sackPermitted,
      timestamps: timestamps && [timestamps.at(tcp.now), (flags & TCP_ACK) === 0 ? 0 : timestamps.recent],
    });
    if (timeoutExchange === undefined) return length;
    return emitUserTimeoutOption(frame, begin + length, timeoutExchange.advertised) - begin;
  }
  let end = begin;
  if (timestamps !== undefined)
    end = emitTimestampsOption(frame, end, timestamps.at(tcp.now), timestamps.recent);
  if (connection.tellsTimeout) {
    end = emitUserTimeoutOption(frame, end, timeoutExchange!.advertised);
    timeoutExchange!.isDue = false;
  }
  const blocks = connection.sackBlocks;
  if (blocks > 0) {
    reportReceived(connection.ownExtras, tcp.sackEdges, blocks);
    end = emitSackOption(frame, end, tcp.sackEdges, blocks);
  }
  return end - begin;
}

function transmit(
  connection: Connection,
  sequence: number,
  flags: number,
  offset: number,
  length: number,
  codepoint: number = ECN_NOT_ECT,
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
  const headerLength = TCP_HEADER_LENGTH + writeOptions(connection, frame, at, flags);
  let window: number;
  if ((flags & TCP_SYN) !== 0) {
    // RFC 7323 §2.2: the window of a SYN is never scaled.
    window = Math.min(0xffff, connection.receiveRing!.free);
    connection.rcvAdv = advance(connection.rcvNxt, window);
  } else {
    window = offerWindow(connection);
    if (connection.ecn?.isEchoing === true) flags |= TCP_ECE;
  }
  if (length > 0) connection.sendRing!.copy(offset, frame, at + headerLength, length);
  const total = headerLength + length;
  const segmentSize = connection.mss - (headerLength - TCP_HEADER_LENGTH);
  const isSegmented = length > segmentSize && connection.extras.mtuSearch?.isProbe(sequence) !== true;
  const pseudoSum = path.pseudoSum(PROTOCOL_TCP, total);
  const urgent = urgentPointer(connection, sequence);
  if (urgent > 0) flags |= TCP_URG;
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
    isSegmented ? undefined : pseudoSum,
    tcp.words.of(frame),
    urgent,
  );
  if (isSegmented && pseudoSum !== undefined) emitPartialTcpChecksum(frame, at, pseudoSum);
  if ((flags & TCP_ACK) !== 0) {
    connection.ackNow = false;
    connection.ackAt = Infinity;
    if (connection.timestamps !== undefined) connection.timestamps.lastAcknowledged = connection.rcvNxt;
  }
  if ((flags & TCP_RST) !== 0) stack.counters.tcpOutRsts++;
  stack.counters.tcpOutSegs += isSegmented ? Math.ceil(length / segmentSize) : 1;
  if (isSegmented) stack.ip.sendSegmented(path, total, segmentSize, codepoint);
  else stack.ip.send(path, PROTOCOL_TCP, total, stack.frame, codepoint);
}
