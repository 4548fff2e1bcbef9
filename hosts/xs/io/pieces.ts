/** lwIP's segments hold so many bytes (CONFIG_LWIP_TCP_MSS in the SDK). */
const SEGMENT_SIZE = 1436;

/**
 * Pieces that may be on their way. lwIP keeps a piece of memory for each segment, however short, and allows four for each
 * full segment that its send buffer holds: 23 on plain ESP32, 16 on its successors. At the next one Moddable's `write` fails
 * and the connection is lost. Half of that is left for the segments into which a write may be cut.
 */
export const MAX_PIECES = 12;

/** Counts the pieces that lwIP has to keep. There is one of these while something is on its way. */
export class Pieces {
  readonly #lengths: number[] = [];
  #sum = 0;
  #buffer: number;

  /** @param buffer how much room there is while nothing is on its way */
  constructor(buffer: number) {
    this.#buffer = buffer;
  }

  /** All that was written has arrived. */
  get isEmpty(): boolean {
    return this.#lengths.length === 0;
  }

  /** One more would be too many, though there is room for its bytes. */
  get areMany(): boolean {
    return this.#lengths.length >= MAX_PIECES;
  }

  add(length: number): void {
    for (let left = length; left > 0; left -= SEGMENT_SIZE) this.#lengths.push(Math.min(left, SEGMENT_SIZE));
    this.#sum += length;
  }

  /** @param room what is free of the send buffer now */
  acknowledge(room: number): void {
    this.#buffer = Math.max(this.#buffer, room);
    const left = this.#buffer - room;
    for (
      let [first] = this.#lengths;
      first !== undefined && this.#sum - first >= left;
      [first] = this.#lengths
    ) {
      this.#lengths.shift();
      this.#sum -= first;
    }
  }
}
