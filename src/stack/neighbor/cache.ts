import type { IpAddress, MacAddress } from "../../address/index.js";
import type { Counters } from "../counters.js";
import type { TimerQueue } from "../timers.js";
import { Neighbor } from "./neighbor.js";

/** Entries at most: a /26 of talkative hosts, and at 9 slots an entry still small on a device. */
export const MAX_NEIGHBORS = 64;
/** Frames kept while a neighbor is asked: RFC 1122 §2.3.2.2 wants one at least; a burst of a few should survive. */
export const MAX_WAITING_FRAMES = 4;
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
  /** Nobody answered for `address`. */
  unreachable(address: IpAddress): void;
}

/**
 * Which MAC an IP address has on one link. It knows no ARP: `NeighborLink` asks, and whoever hears an answer calls
 * `confirm`. An unresolved neighbor delays only its own packets.
 */
export class NeighborCache {
  /** By the address's text: the same for both families, and only ever searched when a path is new. */
  readonly #entries = new Map<string, Neighbor>();

  constructor(
    private readonly link: NeighborLink,
    private readonly timers: TimerQueue,
    private readonly counters: Counters,
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
    return this.#entries.get(address.toString());
  }

  /** The entry for `address`, made if there is none. */
  obtain(address: IpAddress): Neighbor {
    const key = address.toString();
    let neighbor = this.#entries.get(key);
    if (neighbor === undefined) {
      if (this.#entries.size >= MAX_NEIGHBORS) this.#evict();
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
      if (neighbor.state === "stale") this.#ask(neighbor, "probe", now);
      return;
    }
    if (neighbor.waiting.length >= MAX_WAITING_FRAMES) {
      neighbor.waiting.shift();
      this.counters.drop("neighbor-queue-full");
    }
    neighbor.waiting.push(frame.slice(0, length));
    if (neighbor.attempts === 0) this.#ask(neighbor, "incomplete", now);
  }

  /** `mac` has been heard to own `address`; an entry is made only if `create` is true. */
  confirm(address: IpAddress, mac: MacAddress, now: number, create: boolean): void {
    const neighbor = create ? this.obtain(address) : this.lookup(address);
    if (neighbor === undefined) return;
    neighbor.mac = mac;
    neighbor.state = "reachable";
    neighbor.attempts = 0;
    this.timers.set(neighbor.timer, now + REACHABLE_TIME);
    for (const frame of neighbor.waiting.splice(0)) this.link.transmitTo(mac, frame, frame.length);
  }

  expire(neighbor: Neighbor, now: number): void {
    if (neighbor.state === "reachable") {
      neighbor.state = "stale";
      return;
    }
    if (neighbor.attempts < MAX_ATTEMPTS) {
      this.#ask(neighbor, neighbor.state, now);
      return;
    }
    this.#remove(neighbor, "neighbor-unreachable");
    this.link.unreachable(neighbor.address);
  }

  clear(): void {
    for (const neighbor of [...this.#entries.values()]) this.#remove(neighbor, "link-down");
  }

  #ask(neighbor: Neighbor, state: Neighbor["state"], now: number): void {
    neighbor.state = state;
    neighbor.attempts++;
    this.timers.set(neighbor.timer, now + RETRANSMIT_INTERVAL);
    this.link.solicit(neighbor.address, neighbor.mac);
  }

  #evict(): void {
    // The oldest that waits for nothing, else the oldest of all.
    let victim: Neighbor | undefined;
    for (const neighbor of this.#entries.values()) {
      victim ??= neighbor;
      if (neighbor.state !== "incomplete") {
        victim = neighbor;
        break;
      }
    }
    if (victim !== undefined) this.#remove(victim, "neighbor-queue-full");
  }

  #remove(neighbor: Neighbor, reason: "neighbor-unreachable" | "neighbor-queue-full" | "link-down"): void {
    this.timers.clear(neighbor.timer);
    neighbor.state = "failed";
    neighbor.mac = undefined;
    this.#entries.delete(neighbor.address.toString());
    for (let i = neighbor.waiting.splice(0).length; i > 0; i--) this.counters.drop(reason);
  }
}
