/** Bytes of a buffer: what bulk data is most often written by. */
const LENGTH = 64 * 1024;

/** For fewer bytes a copy of their own costs less than the rest of a write does. */
const LEAST = 8 * 1024;

/** Buffers kept for later at most: as many as a few connections in full flight need. */
const MAX_SPARE = 16;

/**
 * Copies of what is written: the caller may use its buffer again at once, and Node holds on to what it was given. Memory for large
 * ones is used again, since collecting it takes longer than sending does (measured: bulk data at half the speed).
 */
export class SendBuffers {
  readonly #spare: ArrayBuffer[] = [];

  /** To be given back with `release` when it is sent. */
  copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length < LEAST || bytes.length > LENGTH) return Buffer.from(bytes);
    const copy = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(LENGTH), 0, bytes.length);
    copy.set(bytes);
    return copy;
  }

  release({ buffer, length }: Uint8Array): void {
    if (length < LEAST || length > LENGTH || this.#spare.length >= MAX_SPARE) return;
    this.#spare.push(buffer as ArrayBuffer);
  }
}
