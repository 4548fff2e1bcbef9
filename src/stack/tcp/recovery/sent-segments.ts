import { distance } from "../sequence.js";

/** What is known of a segment that was sent and not yet acknowledged cumulatively; a set of bits. */
export const SACKED = 1;
export const LOST = 2;
/** Sent more than once. */
export const RETRANSMITTED = 4;
/** Retransmitted since it was last thought lost, and that copy may still be under way. */
export const RETRANSMISSION_OUT = 8;

const INITIAL_CAPACITY = 8;

/**
 * The segments between SND.UNA and SND.MAX, oldest first: where each ends, when it was sent last, and what became of
 * it. A ring of plain numbers that doubles when it is full, so that a segment costs no object.
 */
export class SentSegments {
  #ends = new Int32Array(INITIAL_CAPACITY);
  #sentAt = new Float64Array(INITIAL_CAPACITY);
  #flags = new Uint8Array(INITIAL_CAPACITY);
  #head = 0;
  #mask = INITIAL_CAPACITY - 1;
  count = 0;
  /** How many carry each bit: kept with every change, because each acknowledgment asks. */
  sacked = 0;
  lost = 0;
  retransmissionsOut = 0;

  /** Segments that are thought to be in the network (the pipe of RFC 6675 §4, in segments). */
  get inFlight(): number {
    return this.count - this.sacked - this.lost + this.retransmissionsOut;
  }

  end(index: number): number {
    return this.#ends[(this.#head + index) & this.#mask]!;
  }

  sentAt(index: number): number {
    return this.#sentAt[(this.#head + index) & this.#mask]!;
  }

  flags(index: number): number {
    return this.#flags[(this.#head + index) & this.#mask]!;
  }

  has(index: number, flag: number): boolean {
    return (this.flags(index) & flag) !== 0;
  }

  /** A new segment was sent, up to `end`. */
  push(end: number, now: number): void {
    if (this.count === this.#ends.length) this.grow();
    const at = (this.#head + this.count) & this.#mask;
    this.#ends[at] = end;
    this.#sentAt[at] = now;
    this.#flags[at] = 0;
    this.count++;
  }

  /** The oldest segment was acknowledged. */
  shift(): void {
    this.tally(this.flags(0), -1);
    this.#head = (this.#head + 1) & this.#mask;
    this.count--;
  }

  set(index: number, flag: number): void {
    const at = (this.#head + index) & this.#mask;
    const before = this.#flags[at]!;
    this.tally(flag & ~before, 1);
    this.#flags[at] = before | flag;
  }

  unset(index: number, flag: number): void {
    const at = (this.#head + index) & this.#mask;
    const before = this.#flags[at]!;
    this.tally(flag & before, -1);
    this.#flags[at] = before & ~flag;
  }

  /** The segment was sent again. */
  resent(index: number, now: number): void {
    this.#sentAt[(this.#head + index) & this.#mask] = now;
    this.set(index, RETRANSMITTED | RETRANSMISSION_OUT);
  }

  /** The first segment that ends after `sequence`; `count` if there is none. */
  find(sequence: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (distance(this.end(middle), sequence) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Cuts the segment in two at `sequence`, which lies inside of it; both halves keep what is known of it. */
  split(index: number, sequence: number): void {
    if (this.count === this.#ends.length) this.grow();
    for (let i = this.count; i > index; i--) {
      const to = (this.#head + i) & this.#mask;
      const from = (this.#head + i - 1) & this.#mask;
      this.#ends[to] = this.#ends[from]!;
      this.#sentAt[to] = this.#sentAt[from]!;
      this.#flags[to] = this.#flags[from]!;
    }
    this.#ends[(this.#head + index) & this.#mask] = sequence;
    this.tally(this.flags(index), 1);
    this.count++;
  }

  clear(): void {
    this.count = this.sacked = this.lost = this.retransmissionsOut = 0;
  }

  private tally(flags: number, by: number): void {
    if ((flags & SACKED) !== 0) this.sacked += by;
    if ((flags & LOST) !== 0) this.lost += by;
    if ((flags & RETRANSMISSION_OUT) !== 0) this.retransmissionsOut += by;
  }

  private grow(): void {
    const capacity = 2 * this.#ends.length;
    const ends = new Int32Array(capacity);
    const sentAt = new Float64Array(capacity);
    const flags = new Uint8Array(capacity);
    for (let i = 0; i < this.count; i++) {
      ends[i] = this.end(i);
      sentAt[i] = this.sentAt(i);
      flags[i] = this.flags(i);
    }
    this.#ends = ends;
    this.#sentAt = sentAt;
    this.#flags = flags;
    this.#head = 0;
    this.#mask = capacity - 1;
  }
}
