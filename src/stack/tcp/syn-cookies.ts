import type { Random } from "../../host/index.js";
import { HalfSipHash } from "../half-siphash.js";
import { ECN_FLAGS } from "./ecn.js";
import type { PeerSyn } from "./handshake.js";

/** Segment sizes that a cookie can name: what Linux found that nearly all peers announce. */
const SEGMENT_SIZES = Object.freeze([536, 1300, 1440, 1460]);
/** Ms that a cookie's clock stands still (RFC 4987 §3.6 calls for a slow one). */
const SLOT = 64_000;
/** Slots in which a cookie is good, its own included: it lives for one to two minutes, as in Linux. */
const LIFETIME = 2;
/** After so many ms no cookie that was sent can be good any more. */
export const COOKIE_LIFETIME = LIFETIME * SLOT;
/** The low bits of a cookie are the hash and the segment size, those above them the slot. */
const HASH_MASK = 0xff_ffff;
const SLOT_SHIFT = 24;

/** The low bits of the timestamp in a cookie's SYN-ACK, which the peer echoes: the window scale, 15 for none; SACK; ECN. */
const OPTION_BITS = 0x3f;
const SCALE_MASK = 0x0f;
const NO_SCALE = 0x0f;
const SACK_BIT = 0x10;
const ECN_BIT = 0x20;

/**
 * SYN cookies (RFC 4987 §3.6): an initial sequence number that only this host can have made, and in which it finds again
 * what it did not want to remember. Needs two keys of its own, else one cookie would tell the way to others.
 */
export class SynCookies {
  readonly #tuple: HalfSipHash;
  readonly #secret: HalfSipHash;

  constructor(random: Random) {
    this.#tuple = new HalfSipHash(random);
    this.#secret = new HalfSipHash(random);
  }

  /**
   * @param tuple what `tuple` gave
   * @param irs the peer's initial sequence number
   * @param mss the peer's; the cookie names the next smaller one that it can
   * @param now monotonic ms
   */
  make(tuple: number, irs: number, mss: number, now: number): number {
    const slot = Math.floor(now / SLOT);
    let index = SEGMENT_SIZES.length - 1;
    while (index > 0 && SEGMENT_SIZES[index]! > mss) index--;
    const low = (this.slotHash(tuple, slot) + index) & HASH_MASK;
    return (this.fixedHash(tuple) + irs + (slot << SLOT_SHIFT) + low) | 0;
  }

  /** @returns the MSS that the cookie names; undefined if it is too old, or none of ours */
  check(cookie: number, tuple: number, irs: number, now: number): number | undefined {
    const slot = Math.floor(now / SLOT);
    const body = (cookie - this.fixedHash(tuple) - irs) | 0;
    const age = (slot - (body >>> SLOT_SHIFT)) & 0xff;
    if (age >= LIFETIME) return undefined;
    return SEGMENT_SIZES[(body - this.slotHash(tuple, slot - age)) & HASH_MASK];
  }

  /** Stands for a four-tuple. */
  tuple(localPort: number, remotePort: number, local32: number, remote32: number): number {
    return this.#tuple.hashWords(local32, remote32, (remotePort << 16) | localPort);
  }

  private fixedHash(tuple: number): number {
    return this.#secret.hashWords(tuple, 0, 0);
  }

  private slotHash(tuple: number, slot: number): number {
    return this.#secret.hashWords(tuple, 1, slot | 0);
  }
}

/** What a timestamp has room for. */
type KeptOptions = Pick<PeerSyn, "windowScale" | "sackPermitted" | "flags">;

/** TSval of a SYN-ACK with a cookie: never later than `clock`, for the clock must not run backwards afterwards. */
export function encodeOptions(clock: number, { windowScale, sackPermitted, flags }: KeptOptions): number {
  const options = (windowScale ?? NO_SCALE) | (sackPermitted ? SACK_BIT : 0) | (flags === 0 ? 0 : ECN_BIT);
  const value = (clock & ~OPTION_BITS) | options;
  return ((value - clock) | 0) > 0 ? (value - OPTION_BITS - 1) | 0 : value;
}

/** What the peer's first TSecr says of the options of its SYN. */
export function decodeOptions(echo: number): KeptOptions {
  const windowScale = echo & SCALE_MASK;
  return {
    windowScale: windowScale === NO_SCALE ? undefined : windowScale,
    sackPermitted: (echo & SACK_BIT) !== 0,
    flags: (echo & ECN_BIT) === 0 ? 0 : ECN_FLAGS,
  };
}
