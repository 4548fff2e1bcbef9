import type { Packet } from "./packet.js";

/** Packets that a tab keeps. */
export const MAX_PACKETS = 20_000;

/** The newest packets, in their order. */
export class PacketLog {
  #packets: Packet[] = [];
  /** Grows with each change, so that what is made of the packets can tell that it is old. */
  version = 0;
  /** How many there were; those that are forgotten, or that the tab was too slow for, too. */
  total = 0;

  get packets(): readonly Packet[] {
    return this.#packets;
  }

  /** Their numbers go up. */
  add(packet: Packet): void {
    this.#packets.push(packet);
    this.total = packet.number;
    this.version++;
    // Cut in large pieces, since each cut moves all.
    if (this.#packets.length > 1.25 * MAX_PACKETS) this.#packets = this.#packets.slice(-MAX_PACKETS);
  }

  /** The packet of that number, if it is there. */
  find(number: number): Packet | undefined {
    let [low, high] = [0, this.#packets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#packets[middle]!.number < number) low = middle + 1;
      else high = middle;
    }
    const found = this.#packets[low];
    return found?.number === number ? found : undefined;
  }

  clear(): void {
    this.#packets = [];
    this.total = 0;
    this.version++;
  }
}
