/** What each frame takes on Ethernet beside its bytes: preamble 8, FCS 4, gap 12 (IEEE 802.3 §4.2, §4A). */
export const ETHERNET_OVERHEAD = 24;

/** Ethernet's frame at an MTU of 1500 with room to spare: what nearly every frame fits in. */
const ORDINARY_SIZE = 2048;

/** How many free buffers a pool keeps: what a busy LAN has on its wires at one time; 8 MiB. */
export const POOL_LIMIT = 4096;

/**
 * A frame that a link holds: the first `length` bytes of `bytes`. Several holders may share one, so nobody writes
 * into it; each calls `release` when done.
 */
export class Frame {
  length = 0;
  #holders = 0;
  readonly #pool: FramePool;

  constructor(
    pool: FramePool,
    readonly bytes: Uint8Array,
  ) {
    this.#pool = pool;
  }

  /** One more holder. */
  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.#pool.put(this);
  }
}

/** Buffers for frames on their way, used again and again. */
export class FramePool {
  readonly #free: Frame[] = [];
  #inUse = 0;
  #mostInUse = 0;
  #copied = 0;

  /** Frames that somebody holds. */
  get inUse(): number {
    return this.#inUse;
  }

  /** The most that were held at one time. */
  get mostInUse(): number {
    return this.#mostInUse;
  }

  /** How many frames were copied into it so far: one for each that a host has sent, and those that faults changed. */
  get copied(): number {
    return this.#copied;
  }

  /** Copies the first `length` bytes of `bytes`. @returns the copy, with the caller as its holder */
  copy(bytes: Uint8Array, length: number): Frame {
    const frame = length <= ORDINARY_SIZE ? this.#take() : new Frame(this, new Uint8Array(length));
    frame.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length));
    frame.length = length;
    this.#copied++;
    if (++this.#inUse > this.#mostInUse) this.#mostInUse = this.#inUse;
    return frame.retain();
  }

  /** Takes back a frame that nobody holds any more; only `Frame.release` calls it. */
  put(frame: Frame): void {
    this.#inUse--;
    if (frame.bytes.length === ORDINARY_SIZE && this.#free.length < POOL_LIMIT) this.#free.push(frame);
  }

  #take(): Frame {
    return this.#free.pop() ?? new Frame(this, new Uint8Array(ORDINARY_SIZE));
  }
}
