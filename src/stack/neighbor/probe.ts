import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type { ProbeResult, Random } from "../../host/index.js";
import { Timer, type TimerOwner, type TimerQueue } from "../timers.js";

/** RFC 5227 §1.1, in ms. */
const PROBE_WAIT = 1_000;
const PROBE_NUM = 3;
const PROBE_MIN = 1_000;
const PROBE_MAX = 2_000;
const ANNOUNCE_WAIT = 2_000;
const ANNOUNCE_NUM = 2;
const ANNOUNCE_INTERVAL = 2_000;

/** What a probe needs from the link it asks on. */
export interface ProbeLink {
  readonly isUp: boolean;
  /** Asks who has `address`, without an address of one's own. */
  sendProbe(address: Ipv4Address): void;
  probeFinished(probe: AddressProbe, result: ProbeResult): void;
}

/**
 * One address that is being probed: three requests from 0.0.0.0, then two seconds of silence (RFC 5227 §2.1.1). Silence on a
 * link that is down says nothing: it begins anew when the link is up.
 */
export class AddressProbe implements TimerOwner {
  readonly #timer = new Timer(this);
  /** Requests sent; −1 before the first poll, which brings the time. */
  #sent = -1;
  isCancelled = false;

  constructor(
    readonly address: Ipv4Address,
    private readonly timers: TimerQueue,
    private readonly random: Random,
    private readonly link: ProbeLink,
    readonly done: (result: ProbeResult) => void,
  ) {}

  /** Begins at the next poll. @param now may be long ago */
  start(now: number): void {
    this.#sent = -1;
    this.timers.set(this.#timer, now);
  }

  stop(): void {
    this.timers.clear(this.#timer);
  }

  /** `owner` was heard to use the address. */
  conflict(owner: MacAddress): void {
    this.link.probeFinished(this, { free: false, owner });
  }

  /** The link went up or down. */
  linkChanged(now: number): void {
    if (this.link.isUp) this.start(now);
    else this.stop();
  }

  onTimer(now: number): void {
    if (!this.link.isUp) return;
    if (this.#sent === PROBE_NUM) {
      this.link.probeFinished(this, { free: true });
      return;
    }
    if (++this.#sent > 0) this.link.sendProbe(this.address);
    this.timers.set(this.#timer, now + this.pause());
  }

  private pause(): number {
    if (this.#sent === 0) return this.uniform(0, PROBE_WAIT);
    return this.#sent < PROBE_NUM ? this.uniform(PROBE_MIN, PROBE_MAX) : ANNOUNCE_WAIT;
  }

  private uniform(from: number, to: number): number {
    return from + (this.random.uint32() % (to - from + 1));
  }
}

/** Tells a link twice, two seconds apart, who owns an address (RFC 5227 §2.3). */
export class Announcement implements TimerOwner {
  readonly #timer = new Timer(this);
  #sent = 0;

  constructor(
    readonly address: Ipv4Address,
    private readonly timers: TimerQueue,
    private readonly send: (address: Ipv4Address) => void,
    /** Another host took the address, and this one has given it up. */
    readonly lost: ((owner: MacAddress) => void) | undefined,
  ) {}

  /** Begins at the next poll. @param now may be long ago */
  start(now: number): void {
    this.timers.set(this.#timer, now);
  }

  cancel(): void {
    this.timers.clear(this.#timer);
  }

  onTimer(now: number): void {
    this.#sent++;
    this.send(this.address);
    if (this.#sent < ANNOUNCE_NUM) this.timers.set(this.#timer, now + ANNOUNCE_INTERVAL);
  }
}
