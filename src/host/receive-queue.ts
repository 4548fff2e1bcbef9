/** Bytes that have come and wait to be read, in the pieces in which the platform gave them. */
export class ReceiveQueue {
  readonly #pieces: Uint8Array[] = [];
  /** How much of the first piece was read. */
  #offset = 0;
  #available = 0;

  get available(): number {
    return this.#available;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#available += piece.length;
  }

  /** Takes the first piece, or what is left of it. */
  shift(): Uint8Array | undefined {
    const piece = this.#pieces.shift()?.subarray(this.#offset);
    this.#offset = 0;
    this.#available -= piece?.length ?? 0;
    return piece;
  }

  /** Fills `target` as far as bytes go. @returns how many */
  read(target: Uint8Array): number {
    let length = 0;
    for (
      let piece = this.#pieces[0];
      piece !== undefined && length < target.length;
      piece = this.#pieces[0]
    ) {
      const end = Math.min(piece.length, this.#offset + target.length - length);
      const isWhole = this.#offset === 0 && end === piece.length;
      target.set(isWhole ? piece : piece.subarray(this.#offset, end), length);
      length += end - this.#offset;
      this.#offset = end;
      if (end === piece.length) {
        this.#pieces.shift();
        this.#offset = 0;
      }
    }
    this.#available -= length;
    return length;
  }
}
