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

/** One address that is being probed: three requests from 0.0.0.0, then two seconds of silence (RFC 5227 §2.1.1). */
export class AddressProbe implements TimerOwner {
  readonly #timer = new Timer(this);
  #sent = 0;

  constructor(
    readonly address: Ipv4Address,
    private readonly timers: TimerQueue,
    private readonly random: Random,
    private readonly send: (address: Ipv4Address) => void,
    private readonly finish: (probe: AddressProbe, result: ProbeResult) => void,
  ) {}

  start(now: number): void {
    this.timers.set(this.#timer, now + this.#uniform(0, PROBE_WAIT));
  }

  cancel(): void {
    this.timers.clear(this.#timer);
  }

  /** `owner` was heard to use the address. */
  conflict(owner: MacAddress): void {
    this.finish(this, { free: false, owner });
  }

  onTimer(now: number): void {
    if (this.#sent === PROBE_NUM) {
      this.finish(this, { free: true });
      return;
    }
    this.#sent++;
    this.send(this.address);
    this.timers.set(
      this.#timer,
      now + (this.#sent < PROBE_NUM ? this.#uniform(PROBE_MIN, PROBE_MAX) : ANNOUNCE_WAIT),
    );
  }

  #uniform(from: number, to: number): number {
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
  ) {}

  start(now: number): void {
    this.onTimer(now);
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
