const NOTHING = new Uint8Array(0);

/**
 * A buffer as words of 32 bits, which sums are made of. Making such a view costs as much as a hundred bytes summed one by
 * one, so that of the buffer seen last is kept: a link device that has its frames in one buffer gets by with one view.
 */
export class WordView {
  #bytes: Uint8Array = NOTHING;
  #words: Uint32Array = new Uint32Array(0);

  /** The words of the whole buffer that `bytes` stand in: the byte at `i` is in word (bytes.byteOffset + i) >> 2. */
  of(bytes: Uint8Array): Uint32Array {
    if (bytes === this.#bytes) return this.#words;
    this.#bytes = bytes;
    const { buffer } = bytes;
    if (this.#words.buffer !== buffer) this.#words = new Uint32Array(buffer, 0, buffer.byteLength >> 2);
    return this.#words;
  }
}
