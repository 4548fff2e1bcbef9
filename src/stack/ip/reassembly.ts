import { readU16 } from "../../wire/bytes.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import {
  ECN_CE,
  ECN_NOT_ECT,
  IPV4_MAX_LENGTH,
  PROTOCOL_TCP,
  ipv4Destination,
  ipv4Ecn,
  ipv4FragmentOffset,
  ipv4HasMoreFragments,
  ipv4HeaderLength,
  ipv4Identification,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
  markIpv4Congestion,
  unmarkIpv4Fragment,
} from "../../wire/ipv4.js";
import { TCP_HEADER_LENGTH } from "../../wire/tcp.js";
import type { Counters, DropReason } from "../counters.js";
import { Timer, type TimerOwner, type TimerQueue } from "../timers.js";

/** Packets in reassembly at most; the oldest gives way. An attacker can fill them, so they are few. */
export const MAX_REASSEMBLIES = 8;
/** Fragments of one packet at most: 64 KiB in pieces of 1,480 bytes are 45. */
export const MAX_FRAGMENTS = 64;
/** Bytes held by all of them at most: two of the largest packets. */
export const MAX_REASSEMBLY_BYTES = 2 * IPV4_MAX_LENGTH;
/** How long the missing fragments may take, in ms (RFC 1122 §3.3.2 asks for 60 to 120 s). */
export const REASSEMBLY_TIMEOUT = 60_000;

interface Fragment {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** One packet that has come in part. */
class PartialPacket implements TimerOwner {
  readonly timer = new Timer(this);
  /** In ascending order, without overlaps. */
  readonly fragments: Fragment[] = [];
  bytes = 0;
  /** Length of the whole payload, once the last fragment has come. */
  length: number | undefined;
  /** The first fragment's Ethernet and IP header, once it has come. */
  header: Uint8Array | undefined;
  /** The ECN codepoints that have come, as a set of bits. */
  codepoints = 0;

  constructor(
    readonly key: string,
    private readonly expire: (packet: PartialPacket) => void,
  ) {}

  onTimer(): void {
    this.expire(this);
  }
}

/**
 * Puts IPv4 fragments together (RFC 791 §3.2, RFC 1122 §3.3.2). What overlaps is thrown away with all that belongs to
 * it, since only attacks do that (RFC 3128, and RFC 5722 for IPv6), as are first fragments too short to be judged
 * (RFC 1858 §3).
 */
export class Reassembly {
  /** Oldest first. */
  readonly #packets = new Map<string, PartialPacket>();
  #bytes = 0;

  constructor(
    private readonly timers: TimerQueue,
    private readonly counters: Counters,
    /** The time is up for a packet whose first fragment is here: Ethernet and IP header, and 8 bytes at least. */
    private readonly timedOut: (firstFragment: Uint8Array) => void,
  ) {}

  get size(): number {
    return this.#packets.size;
  }

  /**
   * Takes a fragment: an IPv4 packet behind an Ethernet header, checked.
   * @returns the frame with the whole packet, if this was the last that was missing
   */
  add(frame: Uint8Array, now: number): Uint8Array | undefined {
    const at = ETHERNET_HEADER_LENGTH;
    const payloadAt = at + ipv4HeaderLength(frame, at);
    const start = ipv4FragmentOffset(frame, at);
    const end = start + ipv4TotalLength(frame, at) - (payloadAt - at);
    const hasMore = ipv4HasMoreFragments(frame, at);
    this.counters.ipReasmReqds++;
    const fault = faultOf(frame, at, start, end, hasMore);
    if (fault !== undefined) {
      this.counters.drop(fault);
      return undefined;
    }
    const packet = this.obtain(keyOf(frame, at), now);
    if (!this.insert(packet, start, end, copyOf(frame, payloadAt, payloadAt + end - start), hasMore))
      return undefined;
    if (start === 0) packet.header = copyOf(frame, 0, payloadAt);
    packet.codepoints |= 1 << ipv4Ecn(frame, at);
    return this.finish(packet);
  }

  private obtain(key: string, now: number): PartialPacket {
    let packet = this.#packets.get(key);
    if (packet === undefined) {
      if (this.#packets.size >= MAX_REASSEMBLIES) this.dropOldest();
      packet = new PartialPacket(key, (expired) => this.expire(expired));
      this.#packets.set(key, packet);
      this.timers.set(packet.timer, now + REASSEMBLY_TIMEOUT);
    }
    return packet;
  }

  /** @returns false if the fragment was refused, or the whole packet with it */
  private insert(
    packet: PartialPacket,
    start: number,
    end: number,
    bytes: Uint8Array,
    hasMore: boolean,
  ): boolean {
    const { fragments } = packet;
    let index = fragments.length;
    while (index > 0 && fragments[index - 1]!.start >= start) index--;
    const same = fragments[index];
    if (same !== undefined && same.start === start && same.end === end) {
      this.counters.drop("ipv4-fragment-duplicate");
      return false;
    }
    const previous = fragments[index - 1];
    const overlaps =
      (previous !== undefined && previous.end > start) || (same !== undefined && same.start < end);
    const contradicts =
      packet.length !== undefined && (hasMore ? end > packet.length : end !== packet.length);
    const last = fragments[fragments.length - 1];
    if (overlaps || contradicts || (!hasMore && last !== undefined && last.end > end)) {
      this.remove(packet, "ipv4-fragment-overlap");
      return false;
    }
    if (fragments.length >= MAX_FRAGMENTS) {
      this.remove(packet, "ipv4-reassembly-full");
      return false;
    }
    while (this.#bytes + bytes.length > MAX_REASSEMBLY_BYTES) {
      const wasThis = this.#packets.values().next().value === packet;
      this.dropOldest();
      if (wasThis) return false;
    }
    fragments.splice(index, 0, { start, end, bytes });
    packet.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (!hasMore) packet.length = end;
    return true;
  }

  private finish({
    key,
    header,
    length,
    fragments,
    bytes,
    codepoints,
  }: PartialPacket): Uint8Array | undefined {
    if (header === undefined || length === undefined || bytes !== length) return undefined;
    // RFC 3168 §5.3: a mark on one fragment is a mark on all, unless another says that none may be.
    const isMarked = (codepoints & (1 << ECN_CE)) !== 0;
    if (isMarked && (codepoints & (1 << ECN_NOT_ECT)) !== 0) {
      this.remove(this.#packets.get(key)!, "ipv4-fragment-ecn");
      return undefined;
    }
    const frame = new Uint8Array(header.length + length);
    frame.set(header);
    for (const { start, bytes: part } of fragments) frame.set(part, header.length + start);
    unmarkIpv4Fragment(frame, ETHERNET_HEADER_LENGTH, header.length - ETHERNET_HEADER_LENGTH + length);
    if (isMarked) markIpv4Congestion(frame, ETHERNET_HEADER_LENGTH);
    this.remove(this.#packets.get(key)!, undefined);
    this.counters.ipReasmOKs++;
    return frame;
  }

  private expire(packet: PartialPacket): void {
    const { header, fragments } = packet;
    this.remove(packet, "ipv4-reassembly-timeout");
    if (header === undefined) return;
    const first = fragments[0]!.bytes;
    const frame = new Uint8Array(header.length + first.length);
    frame.set(header);
    frame.set(first, header.length);
    this.timedOut(frame);
  }

  private dropOldest(): void {
    for (const packet of this.#packets.values()) {
      this.remove(packet, "ipv4-reassembly-full");
      return;
    }
  }

  private remove(packet: PartialPacket, reason: DropReason | undefined): void {
    this.#packets.delete(packet.key);
    this.#bytes -= packet.bytes;
    this.timers.clear(packet.timer);
    if (reason !== undefined) this.counters.drop(reason);
  }
}

/** RFC 791 §3.2: what belongs together. */
function keyOf(frame: Uint8Array, at: number): string {
  const protocol = ipv4Protocol(frame, at);
  return `${ipv4Source(frame, at)} ${ipv4Destination(frame, at)} ${protocol} ${ipv4Identification(frame, at)}`;
}

function faultOf(
  frame: Uint8Array,
  at: number,
  start: number,
  end: number,
  hasMore: boolean,
): DropReason | undefined {
  if (end === start || (hasMore && (end - start) % 8 !== 0)) return "ipv4-fragment-length";
  if (end > IPV4_MAX_LENGTH - ipv4HeaderLength(frame, at)) return "ipv4-fragment-length";
  if (ipv4Protocol(frame, at) === PROTOCOL_TCP && isTinyTcp(frame, at, start, end))
    return "ipv4-fragment-tiny";
  return undefined;
}

/** RFC 1858 §3: a filter could not see the flags, or they could be overwritten. */
function isTinyTcp(frame: Uint8Array, at: number, start: number, end: number): boolean {
  if (start > 0) return start < TCP_HEADER_LENGTH;
  const tcpAt = at + ipv4HeaderLength(frame, at);
  if (end < TCP_HEADER_LENGTH) return true;
  // The data offset: options must not be split off either.
  return end < (readU16(frame, tcpAt + 12) >> 12) << 2;
}

/** Not `slice`: where the frame is a Buffer of Node's, that would be a view of it. */
function copyOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from, to));
}
