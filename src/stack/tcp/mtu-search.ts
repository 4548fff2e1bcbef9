import type { Connection } from "./connection.js";
import { advance, distance } from "./sequence.js";

/** Expiries of the retransmission timer in a row that make a path suspect: as Linux's tcp_retries1. */
const SUSPICIOUS_RETRIES = 3;
/** What nearly every path carries: tried first (RFC 4821 §7.2). */
const BASE_MSS = 1024;
/** The least that is tried: an MTU of 296, the smallest that is met on links of today (RFC 1191 §7). */
const LEAST_MSS = 256;
/** An MSS that is known to this many bytes is known well enough. */
const PRECISION = 8;
/** After so long the path may be another one, in ms: then the full size is tried again (RFC 4821 §7.7). */
const SEARCH_LIFETIME = 10 * 60_000;
/** With fewer segments in the window a lost probe might have to be repeated by the timer (RFC 4821 §7.4). */
const LEAST_WINDOW = 8;
/** Segments sent behind a probe, whose acknowledgments show that it was lost. */
const FOLLOWERS = 3;

/**
 * Path MTU discovery without ICMP (RFC 4821): some paths swallow what is too large for them, and firewalls swallow the
 * errors about it. Data of the connection itself is sent in segments of the size in question; what arrives is proof.
 * Sizes are those of `Connection.mss`.
 */
export class MtuSearch {
  /** What arrives for sure. */
  mss: number;
  /** What may arrive: the path's, or one byte less than what did not. */
  #ceiling = Infinity;
  #probeSize = 0;
  #probeStart = 0;
  /** Where the probe in flight ends. */
  #probeEnd: number | undefined;
  #beginsAnewAt = Infinity;

  constructor(mss: number) {
    this.mss = mss;
  }

  /** The next size to try, the largest possible first; 0: none. @param limit what path and peer take at most */
  nextSize(limit: number, now: number): number {
    if (this.#probeEnd !== undefined) return 0;
    if (now >= this.#beginsAnewAt) this.#ceiling = this.#beginsAnewAt = Infinity;
    if (this.#ceiling >= limit) return limit > this.mss ? limit : 0;
    if (this.#ceiling - this.mss >= PRECISION) return (this.mss + this.#ceiling + 1) >> 1;
    this.#beginsAnewAt = Math.min(this.#beginsAnewAt, now + SEARCH_LIFETIME);
    return 0;
  }

  sent(size: number, start: number, length: number): void {
    this.#probeSize = size;
    this.#probeStart = start;
    this.#probeEnd = advance(start, length);
  }

  /** What begins there is a probe: more than the MSS, and in one segment all the same. */
  isProbe(sequence: number): boolean {
    return this.#probeEnd !== undefined && sequence === this.#probeStart;
  }

  /** All up to `ack` has arrived. @returns true if that is proof of a larger size */
  onAck(ack: number): boolean {
    if (this.#probeEnd === undefined || distance(ack, this.#probeEnd) < 0) return false;
    this.#probeEnd = undefined;
    this.mss = this.#probeSize;
    return true;
  }

  /** The segment at `start` is lost. @returns true if it was the probe: its size is to blame, not congestion (§7.6) */
  onLoss(start: number): boolean {
    if (this.#probeEnd === undefined || start !== this.#probeStart) return false;
    this.#probeEnd = undefined;
    this.#ceiling = this.#probeSize - 1;
    return true;
  }

  /** What begins at `start` is sent again: what is acknowledged then proves nothing. */
  onRetransmitted(start: number): void {
    if (start === this.#probeStart) this.#probeEnd = undefined;
  }

  /** Nothing gets through at all, perhaps for another reason: a later probe will tell. @param mss what was sent last */
  onSilence(mss: number): void {
    this.#probeEnd = undefined;
    this.mss = smallerThan(mss);
  }
}

/** Begins with what nearly every path carries. */
export function searchMtu(connection: Connection): void {
  connection.ownExtras.mtuSearch = new MtuSearch(BASE_MSS);
  connection.fitMss();
}

/**
 * The timer has expired on a segment with `length` bytes of data. Time and again on a large one, and smaller ones may get
 * through where it did not.
 */
export function suspectBlackHole(connection: Connection, length: number): void {
  const { retries, tcp, mss } = connection;
  if (tcp.tuning.mtuProbing === "off" || retries < SUSPICIOUS_RETRIES || mss <= LEAST_MSS) return;
  if (length <= smallerThan(mss) - connection.optionLength) return;
  const search = (connection.ownExtras.mtuSearch ??= new MtuSearch(mss));
  search.onSilence(mss);
  connection.fitMss();
}

/** Bytes of data that a probe would carry now; 0: there should be none. */
export function probeLength(connection: Connection, unsent: number): number {
  const { congestion, recovery } = connection;
  const { mtuSearch } = connection.extras;
  if (mtuSearch === undefined || recovery.state !== "open") return 0;
  if (congestion.window < LEAST_WINDOW || recovery.inFlight >= congestion.window) return 0;
  const size = mtuSearch.nextSize(Math.min(connection.peerMss, connection.pathMss), connection.tcp.now);
  if (size === 0) return 0;
  const needed = size + FOLLOWERS * connection.mss;
  return unsent >= needed && connection.sndWnd - connection.inFlight >= needed
    ? size - connection.optionLength
    : 0;
}

function smallerThan(mss: number): number {
  return mss > BASE_MSS ? BASE_MSS : Math.max(LEAST_MSS, mss >> 1);
}
