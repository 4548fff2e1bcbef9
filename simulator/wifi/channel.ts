/** What each transmission takes beside its bits, in ms: waiting for silence, preamble, and acknowledgment (802.11n at 2.4 GHz). */
export const TRANSMISSION_OVERHEAD = 0.2;

/** In ms: what waits longer for its turn is lost, since buffers are finite. */
export const LONGEST_WAIT = 500;

/** The air around an access point, in which one transmits at a time. */
export class Channel {
  #busyUntil = 0;
  #group: Uint8Array | undefined;
  #groupTime = 0;

  /**
   * Takes a turn.
   * @param now virtual ms
   * @param bits of all tries together
   * @param group the bytes of a frame to all stations, which is transmitted once
   * @returns ms until it is over; undefined if too much waits already
   */
  transmit(
    now: number,
    tries: number,
    bits: number,
    rate: number,
    group: Uint8Array | undefined,
  ): number | undefined {
    if (group !== undefined && group === this.#group && now === this.#groupTime) return this.#busyUntil - now;
    const start = Math.max(this.#busyUntil, now);
    if (start - now > LONGEST_WAIT) return undefined;
    this.#busyUntil = start + tries * TRANSMISSION_OVERHEAD + (bits * 1000) / rate;
    this.#group = group;
    this.#groupTime = now;
    return this.#busyUntil - now;
  }
}
