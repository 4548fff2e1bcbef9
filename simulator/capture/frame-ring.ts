import type { Sighting } from "../sighting.js";

/** What a ring holds at most; what came first goes first. */
export interface RingLimits {
  readonly frames: number;
  readonly bytes: number;
}

/** Into so many pieces a ring is divided at least: it forgets one of them at a time. */
const PIECES = 16;

/** The most frames of one piece, and its most bytes if a frame is not longer: a ring of great limits begins small. */
const MOST_FRAMES = 1_024;
const MOST_BYTES = 128 * 1024;

/** A frame as the ring has it. The bytes are borrowed until the ring takes the next one. */
export interface KeptFrame extends Sighting {
  /** Its place among all that the ring was ever given, counted from 1. */
  readonly number: number;
}

/**
 * Keeps the last frames that it was given, as copies in a few large buffers that are used again: nothing is allocated for a
 * frame, so that it can listen all the time.
 */
export class FrameRing {
  readonly #limits: RingLimits;
  readonly #pieceFrames: number;
  readonly #pieceBytes: number;
  /** The oldest first. */
  readonly #pieces: Piece[] = [];
  #last: Piece | undefined;
  /** What the pieces have room for. */
  #room = 0;
  #size = 0;
  #total = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
    this.#pieceFrames = Math.max(1, Math.min(MOST_FRAMES, Math.floor(limits.frames / PIECES)));
    this.#pieceBytes = Math.min(MOST_BYTES, Math.floor(limits.bytes / PIECES));
  }

  /** How many frames it has. */
  get size(): number {
    return this.#size;
  }

  /** How many it was given. */
  get total(): number {
    return this.#total;
  }

  push({ time, port, bytes, length, comment }: Sighting): void {
    if (length > this.#limits.bytes) return;
    if (this.#last?.add(time, port, bytes, length, comment) !== true) {
      this.#last = this.#begin(length);
      this.#last.add(time, port, bytes, length, comment);
    }
    this.#size++;
    this.#total++;
  }

  /** Hands each frame to `visit`, the oldest first. */
  visit(visit: (frame: KeptFrame) => void): void {
    let number = this.#total - this.#size;
    for (const piece of this.#pieces) {
      for (let index = 0; index < piece.count; index++) visit(piece.frame(index, ++number));
    }
  }

  clear(): void {
    this.#pieces.length = 0;
    this.#last = undefined;
    this.#room = 0;
    this.#size = 0;
  }

  /** Makes a piece with room for that many bytes, of an old one if need be. */
  #begin(length: number): Piece {
    const { frames, bytes } = this.#limits;
    const room = Math.max(length, this.#pieceBytes);
    let oldest: Piece | undefined;
    while (
      this.#pieces.length > 0 &&
      (this.#room + room > bytes || this.#size + this.#pieceFrames > frames)
    ) {
      oldest = this.#pieces.shift()!;
      this.#room -= oldest.bytes.length;
      this.#size -= oldest.count;
    }
    const isFit = oldest?.bytes.length === room;
    const piece = isFit ? oldest!.empty() : new Piece(room, this.#pieceFrames);
    this.#pieces.push(piece);
    this.#room += room;
    return piece;
  }
}

/** A buffer with frames one behind the other. */
class Piece {
  #count = 0;
  readonly #times: Float64Array;
  /** Where each frame ends, and the next begins. */
  readonly #ends: Uint32Array;
  readonly #ports: string[] = [];
  /** Most frames have none. */
  readonly #comments = new Map<number, string>();
  readonly bytes: Uint8Array;

  constructor(room: number, mostFrames: number) {
    this.bytes = new Uint8Array(room);
    this.#times = new Float64Array(mostFrames);
    this.#ends = new Uint32Array(mostFrames);
  }

  get count(): number {
    return this.#count;
  }

  /** Forgets what it has, for others to come. */
  empty(): this {
    this.#count = 0;
    this.#comments.clear();
    return this;
  }

  /** Adds a frame. @returns false if there is no room for it */
  add(time: number, port: string, bytes: Uint8Array, length: number, comment: string | undefined): boolean {
    const index = this.#count;
    const at = index === 0 ? 0 : this.#ends[index - 1]!;
    if (at + length > this.bytes.length || index === this.#ends.length) return false;
    this.bytes.set(bytes.length === length ? bytes : bytes.subarray(0, length), at);
    this.#times[index] = time;
    this.#ends[index] = at + length;
    this.#ports[index] = port;
    if (comment !== undefined) this.#comments.set(index, comment);
    this.#count++;
    return true;
  }

  frame(index: number, number: number): KeptFrame {
    const at = index === 0 ? 0 : this.#ends[index - 1]!;
    const bytes = this.bytes.subarray(at, this.#ends[index]);
    return {
      ...{ number, bytes, length: bytes.length },
      ...{ time: this.#times[index]!, port: this.#ports[index]!, comment: this.#comments.get(index) },
    };
  }
}
