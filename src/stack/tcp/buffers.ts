import { IPV4_HEADER_LENGTH } from "../../wire/ipv4.js";
import { TCP_HEADER_LENGTH, TCP_MAX_WINDOW_SCALE, TCP_TIMESTAMPS_LENGTH } from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { TcpTuning } from "../options.js";
import { DEFAULT_MSS, FEW_SEGMENTS, type Connection } from "./connection.js";
import { PAGE_LENGTH } from "./memory.js";
import { PagedRing } from "./paged-ring.js";
import { Ring, type ByteRing } from "./ring.js";
import type { Tcp } from "./tcp.js";

/**
 * The part of the receive buffer, as a shift, that a scaled window leaves out: what is offered is rounded up, by some bytes
 * with each acknowledgment, and must not outgrow the buffer.
 */
const ROUNDING_RESERVE = 6;
/** The largest window that the header can name, before scaling. */
const MAX_WINDOW = 0xffff;

/**
 * The MSS to announce: what a packet of the link can carry (RFC 6691), and a quarter of the buffer at most. Where few segments
 * fill the buffer, they fill it to the last byte, for a sender does not send what is less than one.
 */
export function offeredMss(
  path: Path | undefined,
  { receiveBuffer }: TcpTuning,
  withTimestamps: boolean,
): number {
  const packet = path === undefined ? DEFAULT_MSS : path.device.mtu - IPV4_HEADER_LENGTH - TCP_HEADER_LENGTH;
  const options = withTimestamps ? TCP_TIMESTAMPS_LENGTH : 0;
  const count = Math.ceil(receiveBuffer / (packet - options));
  const even = count < FEW_SEGMENTS ? Math.floor(receiveBuffer / count) + options : packet;
  return Math.min(packet, even, receiveBuffer >> 2);
}

/** The smallest shift that lets the largest buffer be offered (RFC 7323 §2.3): it cannot be changed later on. */
export function windowScaleFor({ maxReceiveBuffer }: TcpTuning): number {
  let scale = 0;
  while (maxReceiveBuffer >> scale > MAX_WINDOW && scale < TCP_MAX_WINDOW_SCALE) scale++;
  return scale;
}

/** A connection's buffer. */
export function newRing({ tuning, memory }: Tcp, capacity: number): ByteRing {
  return tuning.reserveBuffers ? new Ring(capacity) : new PagedRing(memory, capacity);
}

/** Where memory is short, a program may write a page at first. */
export function newSendRing(tcp: Tcp): ByteRing {
  const { tuning, memory } = tcp;
  const isShort = !tuning.reserveBuffers && memory.isTight;
  return newRing(tcp, isShort ? Math.min(tuning.sendBuffer, PAGE_LENGTH) : tuning.sendBuffer);
}

/**
 * Bytes that the peer could be offered now, in whole units of the window's scale. Where memory is exhausted that is what
 * there always is; a right edge that lies beyond stays where it is.
 */
export function receiveRoom({ receiveRing, rcvWindowScale, tcp }: Connection): number {
  if (receiveRing === undefined) return 0;
  const { length, capacity, free } = receiveRing;
  let room = rcvWindowScale === 0 ? free : free - (capacity >> ROUNDING_RESERVE);
  if (tcp.memory.isExhausted) room = Math.min(room, PAGE_LENGTH - length);
  return Math.min(Math.max(0, room) >> rcvWindowScale, MAX_WINDOW) << rcvWindowScale;
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
  return MAX_WINDOW * 2 ** scale;
}
