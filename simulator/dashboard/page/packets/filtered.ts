import type { PacketLog } from "../model/log.js";
import type { Packet } from "../model/packet.js";
import { Filter } from "./filter.js";

/** Ms of a frame of the screen that may go into looking at packets. */
const BUDGET = 8;

/** The packets of a log that pass a filter: each is looked at once, a few at a time, so that the page stays smooth. */
export class FilteredPackets {
  #filter = new Filter("");
  #passed: Packet[] = [];
  /** The last packet that was looked at. */
  #seen = 0;

  /** What is wrong with the filter. */
  get error(): string | undefined {
    return this.#filter.error;
  }

  /** Another filter, for all packets. */
  set text(text: string) {
    if (text === this.#filter.text) return;
    this.#filter = new Filter(text);
    this.clear();
  }

  clear(): void {
    this.#passed = [];
    this.#seen = 0;
  }

  /** Goes on where it was. @returns what has passed, and whether all were looked at */
  update(log: PacketLog): { readonly packets: readonly Packet[]; readonly isDone: boolean } {
    const { packets } = log;
    if (this.#filter.passesAll) return { packets, isDone: true };
    const first = packets[0]?.number ?? 0;
    if (log.total < this.#seen) this.clear();
    const forgotten = this.#passed.findIndex(({ number }) => number >= first);
    if (forgotten > 1_000) this.#passed = this.#passed.slice(forgotten);
    const deadline = performance.now() + BUDGET;
    let index = firstAfter(packets, this.#seen);
    for (; index < packets.length; index++) {
      const packet = packets[index]!;
      if (this.#filter.passes(packet)) this.#passed.push(packet);
      this.#seen = packet.number;
      if (index % 16 === 0 && performance.now() > deadline) break;
    }
    return { packets: this.#passed, isDone: index >= packets.length };
  }
}

/** The index of the first packet behind that number. */
function firstAfter(packets: readonly Packet[], number: number): number {
  let [low, high] = [0, packets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (packets[middle]!.number <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}
