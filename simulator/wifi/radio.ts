// A station's side of Wi-Fi, as far as a device can see it: which network it is in, how well it hears it, and what that does to
// frames. These stay Ethernet frames on a cable whose far end is plugged into the access point that the station has joined:
// 802.11's own frames are not simulated, only what they take and what they lead to.
import type { MacAddress } from "../../src/address/index.js";
import { ethernetIsGroup } from "../../src/wire/index.js";
import type { Cable, CableEnd } from "../cable.js";
import type { ScheduledEvent } from "../event-queue.js";
import type { FaultRule, Transit } from "../faults/index.js";
import type { SimulatedRandom } from "../random.js";
import type { Simulation } from "../simulation.js";
import type { AccessPoint } from "./access-point.js";
import type { Air } from "./air.js";
import {
  BASIC_RATE,
  DEFAULT_SIGNAL,
  errorsAt,
  rateAt,
  signalAt,
  WEAKEST_SIGNAL,
  type Position,
} from "./signal.js";

/** What it takes to look for a network on all channels of 2.4 GHz, in ms: 13 times ESP-IDF's 120. */
export const SCAN_TIME = 1_560;

/** What authentication, association and the four-way handshake take, in ms. */
export const JOIN_TIME = 200;

/** How long a station waits for an access point that does not go on with the handshake, in ms: so wrong passwords come to light. */
export const HANDSHAKE_TIMEOUT = 3_000;

/** How long it takes an access point that it does not hear for gone, in ms (ESP-IDF's default). */
export const BEACON_TIMEOUT = 6_000;

/** It looks for another access point of the network when it hears its own with less, in dBm. */
export const ROAM_BELOW = -70;
/** And goes there if that one is so much stronger, in dB. */
export const ROAM_MARGIN = 8;
/** What the search takes, while frames still pass, and the change, while they do not, in ms. */
export const ROAM_SEARCH_TIME = 1_000;
export const ROAM_GAP = 150;

/** How often a frame is transmitted that nobody acknowledges (IEEE 802.11-2020 dot11ShortRetryLimit); one to a group, once. */
export const RETRY_LIMIT = 7;

/** A network as a station hears it. */
export interface WifiNetwork {
  readonly ssid: string;
  readonly bssid: MacAddress;
  readonly channel: number;
  /** dBm. */
  readonly rssi: number;
  /** Whether it wants a password. */
  readonly isSecured: boolean;
}

export type JoinFailure = "no-such-network" | "wrong-password" | "full" | "out-of-range";
export type LossReason = "no-beacons" | "dismissed" | "left";

export type RadioEvent =
  | { readonly type: "joined"; readonly network: WifiNetwork }
  | { readonly type: "failed"; readonly ssid: string; readonly reason: JoinFailure }
  /** It has changed over to another access point of the network; its link was up all the time. */
  | { readonly type: "roamed"; readonly network: WifiNetwork }
  | { readonly type: "lost"; readonly ssid: string; readonly reason: LossReason };

export interface RadioOptions {
  readonly air: Air;
  /** Between the host and the air; both ends are free, or the host's is taken. */
  readonly cable: Cable;
  /** Of the host's interface. */
  readonly mac: () => MacAddress;
  /** Absent: DEFAULT_SIGNAL to all access points, where nobody sets another. */
  readonly place?: Position | undefined;
}

type State = "off" | "idle" | "joining" | "joined";

/**
 * A host's Wi-Fi radio. The host's link is up while it has joined a network.
 *
 * @example
 * radio.watch((event) => {
 *   if (event.type === "failed") retryLater(event.reason);
 * });
 * radio.connect("home", "correct horse");
 */
export class Radio {
  readonly #simulation: Simulation;
  readonly #options: RadioOptions;
  /** The far end of the host's cable. */
  readonly #port: CableEnd;
  readonly #signals = new Map<AccessPoint | undefined, number>();
  readonly #listeners = new Set<(event: RadioEvent) => void>();
  #place: Position | undefined;
  #state: State = "off";
  #wanted: { readonly ssid: string; readonly password: string | undefined } | undefined;
  #accessPoint: AccessPoint | undefined;
  #next: ScheduledEvent | undefined;
  #beacons: ScheduledEvent | undefined;
  #scan: ScheduledEvent | undefined;

  constructor(simulation: Simulation, options: RadioOptions) {
    const { air, cable, place } = options;
    this.#simulation = simulation;
    this.#options = options;
    this.#place = place;
    this.#port = cable.plug({ name: cable.name });
    this.#port.hasPower = false;
    cable.impair(this.#rule("to the station", true), { from: this.#port });
    cable.impair(this.#rule("from the station", false), { to: this.#port });
    air.addRadio(this);
  }

  get mac(): MacAddress {
    return this.#options.mac();
  }

  get isOn(): boolean {
    return this.#state !== "off";
  }

  get isJoining(): boolean {
    return this.#state === "joining";
  }

  get hasJoined(): boolean {
    return this.#state === "joined";
  }

  /** What it has joined; undefined while it changes over, too. */
  get accessPoint(): AccessPoint | undefined {
    return this.#accessPoint;
  }

  /** The network that it is in, as it hears it now. */
  get network(): WifiNetwork | undefined {
    return this.#accessPoint && this.#describe(this.#accessPoint);
  }

  get place(): Position | undefined {
    return this.#place;
  }

  /** It is carried elsewhere. */
  set place(place: Position | undefined) {
    this.#place = place;
    this.#options.air.changed();
  }

  /** Sets how well it hears an access point, whatever the distance; absent: all. @param signal dBm; undefined: what it is by itself */
  setSignal(signal: number | undefined, accessPoint?: AccessPoint): void {
    if (signal === undefined) this.#signals.delete(accessPoint);
    else this.#signals.set(accessPoint, signal);
    this.#options.air.changed();
  }

  /** How well it hears an access point, in dBm; -Infinity if that has no power. */
  signalOf(accessPoint: AccessPoint): number {
    if (!accessPoint.isOn) return -Infinity;
    const set = this.#signals.get(accessPoint) ?? this.#signals.get(undefined);
    if (set !== undefined) return set;
    const { place } = accessPoint;
    return place === undefined || this.#place === undefined ? DEFAULT_SIGNAL : signalAt(this.#place, place);
  }

  /** Calls `listener` with what becomes of it, until its power goes. @returns a function that ends it */
  watch(listener: (event: RadioEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Leaves what it is in, looks for a network and joins the strongest access point of it: "joined" or "failed" follows. */
  connect(ssid: string, password?: string): void {
    if (!this.isOn) return;
    this.disconnect();
    this.#wanted = { ssid, password };
    this.#state = "joining";
    this.#after(SCAN_TIME, () => {
      const [strongest] = this.#options.air.heardBy(this).filter((each) => each.ssid === ssid);
      if (strongest === undefined) this.#fail("no-such-network");
      else this.#after(JOIN_TIME, () => this.#join(strongest));
    });
  }

  /** Leaves the network, or gives up looking for it. */
  disconnect(): void {
    if (this.hasJoined) this.#lose("left");
    else if (this.isJoining) this.#leave();
  }

  /** Looks for networks. @param done is called with what it hears, the strongest first @returns false if it looks already, or is off */
  scan(done: (networks: readonly WifiNetwork[]) => void): boolean {
    if (!this.isOn || this.#scan !== undefined) return false;
    this.#scan = this.#simulation.schedule(SCAN_TIME, () => {
      this.#scan = undefined;
      done(this.#options.air.heardBy(this).map((accessPoint) => this.#describe(accessPoint)));
    });
    return true;
  }

  /** The host's side: its power has come. */
  powerOn(): void {
    if (!this.isOn) this.#state = "idle";
  }

  /** The host's side: its power is gone, and whoever has watched it. */
  powerOff(): void {
    this.#leave();
    if (this.#scan !== undefined) this.#simulation.cancel(this.#scan);
    this.#scan = undefined;
    this.#listeners.clear();
    this.#state = "off";
  }

  /** The access point's side: it is sent away. */
  dismissed(): void {
    this.#lose("dismissed");
  }

  /** The air's side: it may hear its access point, or another one, otherwise than before. */
  look(): void {
    const current = this.#accessPoint;
    if (current === undefined) return;
    const signal = this.signalOf(current);
    if (signal < WEAKEST_SIGNAL)
      this.#beacons ??= this.#simulation.schedule(BEACON_TIMEOUT, () => this.#lose("no-beacons"));
    else this.#cancelBeacons();
    if (this.#next === undefined && this.#better() !== undefined)
      this.#after(ROAM_SEARCH_TIME, () => this.#roam());
  }

  #join(accessPoint: AccessPoint): void {
    const { password } = this.#wanted!;
    if (this.signalOf(accessPoint) < WEAKEST_SIGNAL) return this.#fail("out-of-range");
    if (accessPoint.isFull) return this.#fail("full");
    if (accessPoint.password !== undefined && accessPoint.password !== password)
      return this.#after(HANDSHAKE_TIMEOUT, () => this.#fail("wrong-password"));
    this.#state = "joined";
    this.#enter(accessPoint);
    this.#tell({ type: "joined", network: this.#describe(accessPoint) });
  }

  #enter(accessPoint: AccessPoint): void {
    this.#accessPoint = accessPoint;
    this.#port.hasPower = true;
    accessPoint.admit(this, this.#port);
    this.look();
  }

  /** An access point of the network that is worth a change. */
  #better(): AccessPoint | undefined {
    const { ssid, password } = this.#wanted!;
    const current = this.#accessPoint!;
    const signal = this.signalOf(current);
    if (signal >= ROAM_BELOW) return undefined;
    return this.#options.air
      .heardBy(this)
      .find(
        (other) =>
          other !== current &&
          other.ssid === ssid &&
          (other.password === undefined || other.password === password) &&
          !other.isFull &&
          this.signalOf(other) >= signal + ROAM_MARGIN,
      );
  }

  #roam(): void {
    const better = this.#better();
    if (better === undefined) return;
    this.#cancelBeacons();
    this.#accessPoint!.release(this);
    this.#accessPoint = undefined;
    this.#after(ROAM_GAP, () => {
      if (better.isFull || this.signalOf(better) < WEAKEST_SIGNAL) return this.#lose("no-beacons");
      this.#enter(better);
      this.#tell({ type: "roamed", network: this.#describe(better) });
    });
  }

  #fail(reason: JoinFailure): void {
    const { ssid } = this.#wanted!;
    this.#leave();
    this.#tell({ type: "failed", ssid, reason });
  }

  #lose(reason: LossReason): void {
    const { ssid } = this.#wanted!;
    this.#leave();
    this.#tell({ type: "lost", ssid, reason });
  }

  #leave(): void {
    if (this.#next !== undefined) this.#simulation.cancel(this.#next);
    this.#next = undefined;
    this.#cancelBeacons();
    this.#accessPoint?.release(this);
    this.#accessPoint = undefined;
    this.#port.hasPower = false;
    this.#wanted = undefined;
    if (this.isOn) this.#state = "idle";
  }

  #after(time: number, next: () => void): void {
    this.#next = this.#simulation.schedule(time, () => {
      this.#next = undefined;
      next();
    });
  }

  #cancelBeacons(): void {
    if (this.#beacons !== undefined) this.#simulation.cancel(this.#beacons);
    this.#beacons = undefined;
  }

  #describe(accessPoint: AccessPoint): WifiNetwork {
    const { ssid, bssid, channel, password } = accessPoint;
    return { ssid, bssid, channel, rssi: this.signalOf(accessPoint), isSecured: password !== undefined };
  }

  #tell(event: RadioEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #rule(name: string, isToStation: boolean): FaultRule {
    return {
      name: `Wi-Fi ${name}`,
      isInherent: true,
      apply: (transit, random) => this.#carry(transit, isToStation, random),
    };
  }

  /** What the air does to a frame: it waits for its turn, is transmitted until it is understood, or lost. */
  #carry(transit: Transit, isToStation: boolean, random: SimulatedRandom): void {
    const accessPoint = this.#accessPoint;
    const signal = accessPoint === undefined ? -Infinity : this.signalOf(accessPoint);
    if (accessPoint === undefined || signal < WEAKEST_SIGNAL) return transit.drop();
    // To the access point a station sends even what is for all as a frame that is acknowledged.
    const isGroup = isToStation && ethernetIsGroup(transit.bytes);
    const rate = isGroup ? BASIC_RATE : rateAt(signal);
    const errors = errorsAt(signal, rate);
    const limit = isGroup ? 1 : RETRY_LIMIT;
    let tries = 1;
    let isLost = random.chance(errors);
    while (isLost && tries < limit) {
      tries++;
      isLost = random.chance(errors);
    }
    const group = isGroup ? transit.bytes : undefined;
    const wait = accessPoint.air.transmit(transit.time, tries, tries * transit.length * 8, rate, group);
    if (wait === undefined || isLost) transit.drop();
    else transit.later(wait);
  }
}
