import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../wire/tcp.js";
import { ENDED, READABLE, WRITABLE, type Connection } from "./connection.js";
import { processAck } from "./acknowledgment.js";
import { agreesOnEcn } from "./ecn.js";
import { clearHandshake } from "./handshake.js";
import { sendAck } from "./output.js";
import { receiveData } from "./receive.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./sequence.js";
import { TcpState, canReceive } from "./state.js";
import { urgentArrives } from "./urgent.js";
import { adoptTimeout } from "./user-timeout.js";

/** A segment arrives for a connection (RFC 9293 §3.10.7): the steps stand in the order of the RFC. */
export function segmentArrives(connection: Connection, segment: Segment): void {
  connection.heardAt = segment.now;
  if (connection.state === TcpState.SYN_SENT) {
    arrivesInSynSent(connection, segment);
  } else if (hasGoodTimestamp(connection, segment)) {
    // Trimming moves it.
    const { sequence } = segment;
    if (isAcceptable(connection, segment)) arrivesInWindow(connection, segment, sequence);
  }
  if (connection.state === TcpState.CLOSED) return;
  // Acknowledgments are not put off: the peer's congestion control counts each one.
  if (connection.ackNow) sendAck(connection);
  connection.armTimer();
}

/** §3.10.7.3 */
function arrivesInSynSent(connection: Connection, segment: Segment): void {
  const hasAck = segment.has(TCP_ACK);
  if (hasAck && !acknowledgesSyn(connection, segment)) {
    if (!segment.has(TCP_RST)) connection.tcp.resetSegment(connection, segment.acknowledgment);
    return;
  }
  if (segment.has(TCP_RST)) {
    if (hasAck) connection.fail("ECONNREFUSED", "connect to");
    return;
  }
  if (!segment.has(TCP_SYN)) return;
  connection.irs = segment.sequence;
  connection.rcvNxt = advance(segment.sequence, 1);
  connection.rcvAdv = advance(connection.rcvNxt, Math.min(0xffff, connection.receiveRing!.free));
  connection.acceptOptions(segment);
  connection.sndWl1 = segment.sequence;
  connection.sndWl2 = segment.acknowledgment;
  // §3.8.2: the window of a SYN is not scaled.
  connection.sndWnd = connection.maxSndWnd = segment.window;
  if (!hasAck) {
    // Simultaneous open (§3.5, figure 7): the SYN goes out once more, with an acknowledgment.
    connection.state = TcpState.SYN_RECEIVED;
    connection.sndNxt = connection.iss;
    connection.tcp.wantsOutput(connection);
    return;
  }
  clearHandshake(connection, segment);
  connection.state = TcpState.ESTABLISHED;
  connection.ackNow = true;
  connection.roomTold = connection.writable;
  connection.raise(WRITABLE);
  // Data and FIN that came with the SYN, as far as they lie in the window.
  segment.sequence = connection.rcvNxt;
  segment.flags &= ~TCP_SYN;
  if (isAcceptable(connection, segment)) receiveDataAndFin(connection, segment);
  connection.tcp.wantsOutput(connection);
}

/** Nothing but the SYN has been sent: only one number can be right. */
function acknowledgesSyn(connection: Connection, segment: Segment): boolean {
  return segment.acknowledgment === advance(connection.iss, 1);
}

/** RFC 7323 §3.2 and §5.3: before anything else, where timestamps are in use. A reset needs none. */
function hasGoodTimestamp(connection: Connection, segment: Segment): boolean {
  const { timestamps, tcp } = connection;
  if (timestamps === undefined || segment.has(TCP_RST)) return true;
  if (!segment.hasTimestamps) {
    if (segment.has(TCP_SYN)) return true;
    tcp.stack.counters.drop("tcp-no-timestamp");
    return false;
  }
  if (timestamps.isOld(segment)) {
    tcp.stack.counters.drop("tcp-paws");
    connection.ackNow = true;
    return false;
  }
  return true;
}

/** §3.10.7.4, first: check the sequence number. Trims the segment to what lies in the window. */
function isAcceptable(connection: Connection, segment: Segment): boolean {
  const window = Math.max(0, distance(connection.rcvAdv, connection.rcvNxt));
  const synAndFin = (segment.has(TCP_SYN) ? 1 : 0) + (segment.has(TCP_FIN) ? 1 : 0);
  const length = segment.dataLength + synAndFin;
  const before = distance(connection.rcvNxt, segment.sequence); // bytes that are old
  const offset = -before;
  const startsInWindow = offset >= 0 && (offset < window || (window === 0 && offset === 0));
  const endsInWindow = length > 0 && offset < 0 && offset + length > 0 && window > 0;
  if (!startsInWindow && !endsInWindow && !completesOpen(connection, segment)) {
    refuse(connection, segment, before);
    return false;
  }
  // RST and SYN are judged by the number they came with.
  if (segment.has(TCP_SYN) || segment.has(TCP_RST)) return true;
  if (before > 0) {
    if (segment.dataLength > 0) connection.noteDuplicate(segment.sequence, connection.rcvNxt);
    segment.dataAt += before;
    segment.dataLength = Math.max(0, segment.dataLength - before);
    segment.sequence = connection.rcvNxt;
  }
  const room = window - distance(segment.sequence, connection.rcvNxt);
  if (segment.dataLength > room) {
    // What is beyond the window is thrown away, a FIN behind it as well; the sender learns the window.
    segment.dataLength = room;
    segment.flags &= ~TCP_FIN;
    connection.ackNow = true;
  }
  return true;
}

/** The end of a simultaneous open (§3.5, figure 7): the peer's SYN once more, now with the acknowledgment of ours. */
function completesOpen(connection: Connection, segment: Segment): boolean {
  return (
    connection.state === TcpState.SYN_RECEIVED &&
    segment.sequence === connection.irs &&
    segment.has(TCP_SYN) &&
    segment.has(TCP_ACK)
  );
}

/** A segment outside of the window is answered with an acknowledgment, unless it is a reset. */
function refuse(connection: Connection, segment: Segment, before: number): void {
  connection.tcp.stack.counters.drop("tcp-out-of-window");
  if (segment.has(TCP_RST)) return;
  if (connection.state === TcpState.SYN_RECEIVED && segment.has(TCP_SYN) && before === 1) {
    // The peer repeats its SYN: our SYN-ACK was lost, and only it answers the question. Which of the two will be
    // acknowledged cannot be told (RFC 6298 §3).
    connection.synSentAt = -1;
    connection.sndNxt = connection.iss;
    // One SYN that does not ask for ECN is enough to do without (RFC 3168 §6.1.1).
    if (!agreesOnEcn(connection, segment)) connection.ecn = undefined;
    connection.tcp.wantsOutput(connection);
    return;
  }
  // Two ends that disagree must not answer each other's bare acknowledgments for ever.
  if (segment.dataLength > 0 && before > 0) {
    const end = advance(segment.sequence, segment.dataLength);
    const { rcvNxt } = connection;
    connection.noteDuplicate(segment.sequence, distance(end, rcvNxt) > 0 ? rcvNxt : end);
  }
  if (segment.dataLength === 0 && !segment.has(TCP_SYN) && !segment.has(TCP_FIN))
    connection.tcp.challenge(connection);
  else connection.ackNow = true;
}

/** @param sequence the number that the segment came with */
function arrivesInWindow(connection: Connection, segment: Segment, sequence: number): void {
  // Second: check RST. RFC 5961 §3.2: only the very next sequence number resets, others in the window are challenged.
  if (segment.has(TCP_RST)) {
    if (segment.sequence === connection.rcvNxt) reset(connection);
    else connection.tcp.challenge(connection);
    return;
  }
  // Fourth: check SYN. RFC 5961 §4.2: never believed in a synchronized state.
  if (segment.has(TCP_SYN) && !completesOpen(connection, segment)) {
    connection.tcp.challenge(connection);
    return;
  }
  // Fifth: check ACK.
  if (!segment.has(TCP_ACK)) return;
  if (connection.state === TcpState.SYN_RECEIVED) {
    if (!acknowledgesSyn(connection, segment)) {
      connection.tcp.resetSegment(connection, segment.acknowledgment);
      return;
    }
    clearHandshake(connection, segment);
    connection.state = TcpState.ESTABLISHED;
    connection.tcp.established(connection);
  } else if (!processAck(connection, segment)) {
    return;
  }
  // Only now, that it proves to be the peer's, may it say what is too old (RFC 7323 §5.3, R3).
  if (segment.hasTimestamps) connection.timestamps?.update(segment, sequence);
  adoptTimeout(connection, segment);
  // Sixth: check URG.
  if (canReceive(connection.state)) urgentArrives(connection, segment);
  if (isClosedByAck(connection)) return;
  // What comes with the SYN of a simultaneous open comes again.
  if (!segment.has(TCP_SYN)) receiveDataAndFin(connection, segment);
  connection.tcp.wantsOutput(connection);
}

function reset(connection: Connection): void {
  const { state, tcp } = connection;
  if (state === TcpState.ESTABLISHED || state === TcpState.CLOSE_WAIT) tcp.stack.counters.tcpEstabResets++;
  if (state === TcpState.SYN_RECEIVED) connection.fail("ECONNREFUSED", "connect to");
  else connection.fail("ECONNRESET");
}

/** What the acknowledgment of our FIN does to the state. @returns true if nothing is left to do */
function isClosedByAck(connection: Connection): boolean {
  if (!connection.finQueued || connection.sndUna !== connection.sndNxt || connection.sendRing?.length !== 0)
    return false;
  switch (connection.state) {
    case TcpState.FIN_WAIT_1:
      connection.state = TcpState.FIN_WAIT_2;
      connection.releaseSendSide();
      if (connection.isOrphan)
        connection.ownExtras.expireAt = connection.tcp.now + connection.tcp.tuning.finTimeout;
      return false;
    case TcpState.CLOSING:
      connection.tcp.enterTimeWait(connection);
      return true;
    case TcpState.LAST_ACK:
      connection.tcp.remove(connection);
      return true;
    default:
      return false;
  }
}

/** Seventh and eighth: process the segment's data, check FIN. */
function receiveDataAndFin(connection: Connection, segment: Segment): void {
  if (segment.dataLength > 0) {
    if (!canReceive(connection.state)) return;
    if (connection.isOrphan) {
      // Nobody will ever read it (RFC 9293 §3.10.4, RFC 1122 §4.2.2.13).
      connection.abort();
      return;
    }
    receiveData(connection, segment);
  }
  if (segment.has(TCP_FIN) && canReceive(connection.state)) {
    const extras = connection.ownExtras;
    extras.finSequence ??= advance(segment.sequence, segment.dataLength);
    if (extras.finSequence !== connection.rcvNxt) connection.ackNow = true;
  }
  if (connection.extras.finSequence === connection.rcvNxt) finArrives(connection);
}

/** Eighth: the peer has sent its last byte, and it is here. */
function finArrives(connection: Connection): void {
  connection.rcvNxt = advance(connection.rcvNxt, 1);
  connection.ackNow = true;
  if (connection.readable === 0) connection.raise(ENDED);
  else connection.raise(READABLE);
  switch (connection.state) {
    case TcpState.ESTABLISHED:
      connection.state = TcpState.CLOSE_WAIT;
      break;
    case TcpState.FIN_WAIT_1:
      connection.state = TcpState.CLOSING;
      break;
    case TcpState.FIN_WAIT_2:
      connection.tcp.enterTimeWait(connection);
      break;
  }
}
