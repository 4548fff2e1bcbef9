import type { IpAddress, MacAddress } from "../../address/index.js";
import { Timer, type TimerOwner } from "../timers.js";

/**
 * What is known of a neighbor, in the terms of RFC 4861 §7.3.2, which serve ARP as well:
 * incomplete: asked, no answer yet; reachable: answered lately; stale: answered long ago, used until proven wrong;
 * probe: stale and asked again; failed: did not answer, and is no longer in the cache.
 */
export type NeighborState = "incomplete" | "reachable" | "stale" | "probe" | "failed";

/** An entry of the neighbor cache. */
export class Neighbor {
  state: NeighborState = "incomplete";
  mac: MacAddress | undefined;
  /** How many requests were sent without an answer. */
  attempts = 0;
  /** A request was sent, and its timer starts at the next poll: only there is the time known for sure. */
  justAsked = false;
  /** Copies of the frames that wait for the MAC, oldest first. */
  readonly waiting: Uint8Array[] = [];
  /** What they take, in bytes. */
  waitingBytes = 0;
  readonly timer: Timer;

  constructor(
    readonly address: IpAddress,
    owner: { expire(neighbor: Neighbor, now: number): void },
  ) {
    const self: TimerOwner = { onTimer: (now) => owner.expire(this, now) };
    this.timer = new Timer(self);
  }
}
