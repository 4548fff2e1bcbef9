import { TCP_HEADER_LENGTH, TCP_MAX_WINDOW_SCALE, TCP_TIMESTAMPS_LENGTH } from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { TcpTuning } from "../options.js";
import { DEFAULT_MSS, FEW_SEGMENTS, type Connection } from "./connection.js";
import { PAGE_LENGTH } from "./memory.js";
import { PagedRing } from "./paged-ring.js";
import { Ring, type ByteRing } from "./ring.js";
import type { Tcp } from "./tcp.js";

/**
 * The MSS to announce: what a packet of the path can carry, and a quarter of the buffer at most. Where few segments
 * fill the buffer, they fill it to the last byte, for a sender does not send what is less than one.
 */
export function offeredMss(
  path: Path | undefined,
  { receiveBuffer }: TcpTuning,
  withTimestamps: boolean,
): number {
  const packet = path === undefined ? DEFAULT_MSS : path.maxPayload - TCP_HEADER_LENGTH;
  const options = withTimestamps ? TCP_TIMESTAMPS_LENGTH : 0;
  const count = Math.ceil(receiveBuffer / (packet - options));
  const even = count < FEW_SEGMENTS ? Math.floor(receiveBuffer / count) + options : packet;
  return Math.min(packet, even, receiveBuffer >> 2);
}

/** The smallest shift that lets the largest buffer be offered (RFC 7323 §2.3): it cannot be changed later on. */
export function windowScaleFor({ maxReceiveBuffer }: TcpTuning): number {
  let scale = 0;
  while (maxReceiveBuffer >> scale > 0xffff && scale < TCP_MAX_WINDOW_SCALE) scale++;
  return scale;
}

/** A connection's buffer. Where memory is short, one that takes it as data comes begins with a single page. */
export function newRing({ tuning, memory }: Tcp, capacity: number): ByteRing {
  if (tuning.reserveBuffers) return new Ring(capacity);
  return new PagedRing(memory, memory.isTight ? Math.min(capacity, PAGE_LENGTH) : capacity);
}

/**
 * How far the window may be opened: where memory is exhausted, as far as there is always some. Its right edge stays
 * where it is all the same (RFC 9293 §3.8.6.2.2).
 */
export function roomToOffer({ receiveRing, tcp }: Connection): number {
  const { free, length } = receiveRing!;
  return tcp.memory.isExhausted ? Math.min(free, Math.max(0, PAGE_LENGTH - length)) : free;
}

/**
 * Makes room for two congestion windows: one in flight, and one that the user writes meanwhile. What the user was
 * told stays true, so that the buffer never shrinks here.
 */
export function growSendBuffer(connection: Connection): void {
  const { sendRing, congestion, segmentRoom, maxSndWnd } = connection;
  const { tuning, memory } = connection.tcp;
  if (sendRing === undefined || sendRing.capacity >= tuning.maxSendBuffer || memory.isTight) return;
  const wanted = Math.max(tuning.sendBuffer, 2 * Math.min(congestion.window * segmentRoom, maxSndWnd));
  sendRing.capacity = Math.max(sendRing.capacity, Math.min(wanted, tuning.maxSendBuffer));
}

/** Where memory is exhausted, what was just written is all that the user may have in the buffer. */
export function limitSendBuffer({ sendRing, tcp }: Connection): void {
  if (tcp.tuning.reserveBuffers || !tcp.memory.isExhausted) return;
  sendRing!.capacity = Math.min(sendRing!.capacity, Math.max(sendRing!.length, PAGE_LENGTH));
}

/** Segments on top of two windows, for what comes while the window is on its way to the sender. */
const SPARE_SEGMENTS = 16;
/** Ms that stand for the round trip while none was measured. */
const ASSUMED_ROUND_TRIP = 100;

/**
 * Dynamic right-sizing of a receive window: a sender that doubles its rate must find twice the room that the user has
 * emptied in the last round trip. A user who does not read gets no larger buffer.
 */
export class ReceiveBufferTuner {
  #roundAt = 0;
  #drained = 0;

  /** The user has read `count` bytes. */
  onRead(connection: Connection, count: number): void {
    this.#drained += count;
    const { tcp, rtt, mss, receiveRing, rcvWindowScale } = connection;
    if (tcp.now - this.#roundAt < (rtt.srtt ?? ASSUMED_ROUND_TRIP)) return;
    const wanted = 2 * this.#drained + SPARE_SEGMENTS * mss;
    if (wanted > receiveRing!.capacity && !tcp.memory.isTight) {
      const largest = Math.min(tcp.tuning.maxReceiveBuffer, largestWindow(rcvWindowScale));
      receiveRing!.capacity = Math.max(receiveRing!.capacity, Math.min(wanted, largest));
    }
    this.#roundAt = tcp.now;
    this.#drained = 0;
  }
}

/** What a window field can say. */
export function largestWindow(scale: number): number {
  return 0xffff * 2 ** scale;
}
