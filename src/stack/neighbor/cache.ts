import type { IpAddress, MacAddress } from "../../address/index.js";
import type { Counters } from "../counters.js";
import type { Profile } from "../options.js";
import type { TimerQueue } from "../timers.js";
import { Neighbor } from "./neighbor.js";

/** Entries at most: for a device a /26 of talkative hosts, for a host or a router a /22. */
export const MAX_NEIGHBORS = Object.freeze({ host: 1024, device: 64 });
/**
 * Bytes kept per neighbor while it is asked (RFC 1122 §2.3.2.2 wants the latest packet at least). A host keeps the largest
 * datagram in fragments of Ethernet's size; a device, which has a few hundred KiB in all, a few full frames.
 */
export const MAX_WAITING_BYTES = Object.freeze({ host: 80 * 1024, device: 6 * 1024 });
/** What a waiting frame takes besides its bytes, so that small ones cannot be without number. */
export const WAITING_FRAME_COST = 128;
/** Ms until an answer counts as old; RFC 4861 §10 takes 30 s, RFC 1122 §2.3.2.1 up to a minute. */
export const REACHABLE_TIME = 30_000;
/** Ms between requests, never more often (RFC 1122 §2.3.2.1). */
export const RETRANSMIT_INTERVAL = 1_000;
/** Requests before a neighbor counts as unreachable (RFC 4861 §10, MAX_MULTICAST_SOLICIT). */
export const MAX_ATTEMPTS = 3;

/** What the cache needs from the link it serves. */
export interface NeighborLink {
  /** Asks who has `address`: everybody, or only `mac`. */
  solicit(address: IpAddress, mac: MacAddress | undefined): void;
  /** Sends a frame that lacks nothing but its destination. */
  transmitTo(mac: MacAddress, frame: Uint8Array, length: number, segmentSize?: number): void;
  /** Nobody answered for `address`, not even for what has waited. */
  unreachable(address: IpAddress, frames: readonly Uint8Array[], now: number): void;
}

/**
 * Which MAC an IP address has on one link. It knows no ARP: `NeighborLink` asks, and whoever hears an answer calls
 * `confirm`. An unresolved neighbor delays only its own packets.
 */
export class NeighborCache {
  readonly #entries = new Map<NeighborKey, Neighbor>();

  constructor(
    private readonly link: NeighborLink,
    private readonly timers: TimerQueue,
    private readonly counters: Counters,
    private readonly profile: Profile,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Frames that wait for a neighbor's answer. */
  get waitingFrames(): number {
    let count = 0;
    for (const { waiting } of this.#entries.values()) count += waiting.length;
    return count;
  }

  entries(): IterableIterator<Neighbor> {
    return this.#entries.values();
  }

  lookup(address: IpAddress): Neighbor | undefined {
    return this.#entries.get(keyOf(address));
  }

  /** Whether there is an entry, without an object. @param value `Ipv4Address.value` */
  hasIpv4(value: number): boolean {
    return this.#entries.has(value);
  }

  /** The entry for `address`, made if there is none. */
  obtain(address: IpAddress): Neighbor {
    const key = keyOf(address);
    let neighbor = this.#entries.get(key);
    if (neighbor === undefined) {
      if (this.#entries.size >= MAX_NEIGHBORS[this.profile]) this.evict();
      neighbor = new Neighbor(address, this);
      this.#entries.set(key, neighbor);
    }
    return neighbor;
  }

  /**
   * Sends a frame, at once or when the neighbor has answered; a frame that waits is copied.
   * @param segmentSize as `LinkDevice.transmit` has it, and only if the neighbor's MAC is known
   */
  send(neighbor: Neighbor, frame: Uint8Array, length: number, now: number, segmentSize?: number): void {
    if (neighbor.mac !== undefined) {
      this.link.transmitTo(neighbor.mac, frame, length, segmentSize);
      // Only now: the request is built where the frame stands.
      if (neighbor.state === "stale") this.ask(neighbor, "probe", now);
      return;
    }
    this.enqueue(neighbor, frame, length);
    if (neighbor.attempts === 0) this.ask(neighbor, "incomplete", now);
  }

  /** `mac` has been heard to own `address`; an entry is made only if `create` is true. */
  confirm(address: IpAddress, mac: MacAddress, now: number, create: boolean): void {
    const neighbor = create ? this.obtain(address) : this.lookup(address);
    if (neighbor === undefined) return;
    neighbor.mac = mac;
    neighbor.state = "reachable";
    neighbor.attempts = 0;
    neighbor.justAsked = false;
    this.timers.set(neighbor.timer, now + REACHABLE_TIME);
    for (const frame of takeWaiting(neighbor)) this.link.transmitTo(mac, frame, frame.length);
  }

  expire(neighbor: Neighbor, now: number): void {
    if (neighbor.justAsked) {
      neighbor.justAsked = false;
      this.timers.set(neighbor.timer, now + RETRANSMIT_INTERVAL);
      return;
    }
    if (neighbor.state === "reachable") {
      neighbor.state = "stale";
      return;
    }
    if (neighbor.attempts < MAX_ATTEMPTS) {
      this.ask(neighbor, neighbor.state, now);
      return;
    }
    this.link.unreachable(neighbor.address, this.remove(neighbor, "neighbor-unreachable"), now);
  }

  clear(): void {
    for (const neighbor of [...this.#entries.values()]) this.remove(neighbor, "link-down");
  }

  private ask(neighbor: Neighbor, state: Neighbor["state"], now: number): void {
    neighbor.state = state;
    neighbor.attempts++;
    // `now` may be long ago: a program writes whenever it likes, and only a poll brings the time.
    neighbor.justAsked = true;
    this.timers.set(neighbor.timer, now);
    this.link.solicit(neighbor.address, neighbor.mac);
  }

  private enqueue(neighbor: Neighbor, frame: Uint8Array, length: number): void {
    neighbor.waiting.push(frame.slice(0, length));
    neighbor.waitingBytes += length + WAITING_FRAME_COST;
    while (neighbor.waitingBytes > MAX_WAITING_BYTES[this.profile] && neighbor.waiting.length > 1) {
      neighbor.waitingBytes -= neighbor.waiting.shift()!.length + WAITING_FRAME_COST;
      this.counters.drop("neighbor-queue-full");
    }
  }

  private evict(): void {
    let oldestAsked: Neighbor | undefined;
    let oldestKnown: Neighbor | undefined;
    let asked = 0;
    for (const neighbor of this.#entries.values()) {
      if (neighbor.state === "incomplete") {
        oldestAsked ??= neighbor;
        asked++;
      } else {
        oldestKnown ??= neighbor;
      }
    }
    // Who makes this host ask for a whole network that is not there must not drive out those that are (RFC 6583).
    const isScanned = 2 * asked > this.#entries.size;
    const victim = isScanned ? oldestAsked : (oldestKnown ?? oldestAsked);
    if (victim !== undefined) this.remove(victim, "neighbor-queue-full");
  }

  /** @returns the frames that have waited in vain */
  private remove(
    neighbor: Neighbor,
    reason: "neighbor-unreachable" | "neighbor-queue-full" | "link-down",
  ): Uint8Array[] {
    this.timers.clear(neighbor.timer);
    neighbor.state = "failed";
    neighbor.mac = undefined;
    this.#entries.delete(keyOf(neighbor.address));
    const frames = takeWaiting(neighbor);
    for (let i = frames.length; i > 0; i--) this.counters.drop(reason);
    return frames;
  }
}

/** `Ipv4Address.value`, or an IPv6 address's text. */
type NeighborKey = number | string;

function keyOf(address: IpAddress): NeighborKey {
  return address.family === 4 ? address.value : address.toString();
}

function takeWaiting(neighbor: Neighbor): Uint8Array[] {
  neighbor.waitingBytes = 0;
  return neighbor.waiting.splice(0);
}
