import { ipv4Destination, ipv4Identification, ipv4Protocol, ipv4Source } from "../../../src/wire/index.js";
import type { Pass } from "../filtered-link.js";

/** Packets in fragments at most, of which the oldest gives way, and fragments that wait for their first one. */
export const MAX_FRAGMENTED = 64;
export const MAX_WAITING_FRAGMENTS = 64;

/** How long the rest of a packet may take, in ms (RFC 1122 §3.3.2 asks receivers for 60 s at least; routers give 30). */
export const FRAGMENT_TIMEOUT = 30_000;

interface Fragmented {
  readonly deadline: number;
  /** What the first fragment's address became; undefined until it comes. */
  address: number | undefined;
  readonly waiting: Uint8Array[];
}

/**
 * Only a packet's first fragment has its ports. What becomes of it becomes of the others, which wait if they come before it (RFC
 * 4787 §12). Nothing is put together: a checksum can be mended without the rest.
 */
export class Fragments {
  readonly #packets = new Map<string, Fragmented>();
  #waiting = 0;

  /** The address that the first fragment was given, if it has come. */
  addressFor(bytes: Uint8Array, at: number, now: number): number | undefined {
    return this.#find(bytes, at, now)?.address;
  }

  /** Keeps a later fragment, which is not used any more by its owner. @returns false if there is no room */
  hold(frame: Uint8Array, at: number, now: number): boolean {
    if (this.#waiting >= MAX_WAITING_FRAGMENTS) return false;
    this.#waiting++;
    this.#obtain(frame, at, now).waiting.push(frame);
    return true;
  }

  /** The first fragment was given `address`. @param key of its packet, before it was changed @param next takes those that wait */
  learn(key: string, address: number, now: number, next: Pass): void {
    const packet = this.#obtainKey(key, now);
    packet.address = address;
    this.#waiting -= packet.waiting.length;
    for (const frame of packet.waiting.splice(0)) next(frame, frame.length);
  }

  #find(bytes: Uint8Array, at: number, now: number): Fragmented | undefined {
    const packet = this.#packets.get(fragmentKey(bytes, at));
    return packet !== undefined && packet.deadline > now ? packet : undefined;
  }

  #obtain(bytes: Uint8Array, at: number, now: number): Fragmented {
    return this.#obtainKey(fragmentKey(bytes, at), now);
  }

  #obtainKey(key: string, now: number): Fragmented {
    const known = this.#packets.get(key);
    if (known !== undefined && known.deadline > now) return known;
    this.#forget(key);
    // In the order in which they began, and all last equally long.
    for (const [other, { deadline }] of this.#packets) {
      if (deadline > now && this.#packets.size < MAX_FRAGMENTED) break;
      this.#forget(other);
    }
    const packet = { deadline: now + FRAGMENT_TIMEOUT, address: undefined, waiting: [] };
    this.#packets.set(key, packet);
    return packet;
  }

  #forget(key: string): void {
    this.#waiting -= this.#packets.get(key)?.waiting.length ?? 0;
    this.#packets.delete(key);
  }
}

/** What the fragments of one packet have in common (RFC 791 §3.2). */
export function fragmentKey(bytes: Uint8Array, at: number): string {
  return [ipv4Source, ipv4Destination, ipv4Protocol, ipv4Identification]
    .map((field) => field(bytes, at))
    .join();
}
