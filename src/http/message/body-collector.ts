/** What a body's memory starts at, in bytes; it doubles as bytes really arrive, so that a promise costs nothing. */
const FIRST_CAPACITY = 256;

const NOTHING = new Uint8Array(0);

/** Holds the bytes of a request's body. */
export class BodyCollector {
  #bytes = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies bytes[start..end). */
  append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length, FIRST_CAPACITY));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** The whole body; the collector is empty then. */
  take(): Uint8Array {
    const body = this.#bytes.subarray(0, this.#length);
    this.#bytes = NOTHING;
    this.#length = 0;
    return body;
  }
}
