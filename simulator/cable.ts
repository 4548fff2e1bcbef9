import { MacAddress } from "../src/address/index.js";
import { NetworkError } from "../src/error/index.js";
import type { LinkDevice } from "../src/host/index.js";
import { alternate, type AlternationTimes } from "./alternation.js";
import { milliseconds, type Duration } from "./duration.js";
import type { FaultRule } from "./faults/index.js";
import type { Frame, FramePool } from "./frame.js";
import type { SimulatedRandom } from "./random.js";
import type { Observable, Observer } from "./sighting.js";
import type { Simulation } from "./simulation.js";
import { Wire, type WireOptions } from "./wire.js";

export const ETHERNET_MTU = 1500;

/** Ethernet's header with a VLAN tag (IEEE 802.1Q): how much longer than the MTU a frame may be. */
export const MAX_HEADER_LENGTH = 18;

/** What may wait at one end of a cable of limited bandwidth: the port buffer of a small switch. */
export const DEFAULT_QUEUE_LIMIT = 256 * 1024;

export interface CableOptions {
  /** Names its random streams, so it should be unique in the simulation. */
  readonly name: string;
  /** From one end to the other; absent: 0. */
  readonly latency?: Duration;
  /** Bits a second, each way; absent: no limit. */
  readonly bandwidth?: number;
  /** Bytes that may wait at each end; absent: DEFAULT_QUEUE_LIMIT. */
  readonly queueLimit?: number;
  /** Bytes of the largest IP packet; absent: 1500. */
  readonly mtu?: number;
}

/** What is plugged into an end of a cable. */
export interface Plug {
  /** How captures name the port. */
  readonly name: string;
  /** Absent: a locally administered one drawn from the seed. */
  readonly mac?: MacAddress;
}

/** Frames that one end sends; absent: either. */
export interface Direction {
  readonly from?: CableEnd;
  readonly to?: CableEnd;
}

/**
 * A full-duplex cable between two devices. It is up while both its ends are plugged in, both devices have power, and it is
 * not cut.
 *
 * @example
 * const cable = new Cable(simulation, { name: "sensor", latency: 5, bandwidth: 10e6 });
 * const sensor = cable.plug({ name: "sensor" });
 * const router = cable.plug({ name: "router" });
 * const heal = cable.impair(loss(0.2), { from: sensor });
 */
export class Cable implements Observable {
  readonly name: string;
  readonly mtu: number;
  readonly #simulation: Simulation;
  readonly #random: SimulatedRandom;
  readonly #wires: readonly [Wire, Wire];
  readonly #ends: CableEnd[] = [];
  #cut = false;

  constructor(simulation: Simulation, options: CableOptions) {
    this.name = options.name;
    this.mtu = options.mtu ?? ETHERNET_MTU;
    this.#simulation = simulation;
    this.#random = simulation.random.fork(`cable ${options.name}`);
    const wireOptions: WireOptions = {
      latency: milliseconds(options.latency ?? 0),
      bandwidth: options.bandwidth ?? Infinity,
      queueLimit: options.queueLimit ?? DEFAULT_QUEUE_LIMIT,
      maxLength: this.mtu + MAX_HEADER_LENGTH,
    };
    this.#wires = [this.#makeWire(0, wireOptions), this.#makeWire(1, wireOptions)];
  }

  /** What is plugged in, in the order in which it was. */
  get ends(): readonly CableEnd[] {
    return this.#ends;
  }

  get isCut(): boolean {
    return this.#cut;
  }

  get up(): boolean {
    return this.#ends.length === 2 && !this.#cut && this.#ends.every((end) => end.hasPower);
  }

  /**
   * Plugs a device into a free end.
   * @throws NetworkError EADDRINUSE if both ends are taken
   */
  plug(device: Plug): CableEnd {
    const index = this.#ends.length;
    const wire = this.#wires[index];
    if (wire === undefined) {
      throw new NetworkError("EADDRINUSE", "plug into cable", this.name, "both ends are taken");
    }
    const mac = device.mac ?? drawMac(this.#random.fork(`mac ${index}`));
    const end = new CableEnd(device.name, mac, this.mtu, wire, this.#simulation.frames, () => this.#update());
    this.#ends.push(end);
    this.#wires[1 - index]!.receiver = end;
    this.#update();
    return end;
  }

  /** Takes the cable out: both ends see the link go down, and what was on its way is lost. */
  cut(): void {
    this.#cut = true;
    this.#update();
  }

  /** Puts it back. */
  mend(): void {
    this.#cut = false;
    this.#update();
  }

  /**
   * Takes it out and puts it back again and again, at times drawn from the seed: a loose plug.
   * @returns a function that ends it, with the cable in
   */
  flap(times: AlternationTimes): () => void {
    const random = this.#random.fork("flapping");
    return alternate(this.#simulation, random, times, { begin: () => this.cut(), end: () => this.mend() });
  }

  /**
   * Adds a fault rule, behind those there are, for both directions or for one.
   * @returns a function that removes it
   */
  impair(rule: FaultRule, direction: Direction = {}): () => void {
    const removals = this.#wiresOf(direction).map((wire) => wire.impair(rule));
    return () => removals.forEach((remove) => remove());
  }

  /** Removes the fault rules of that name, in both directions; absent: all of them, but for what is inherent. */
  heal(name?: string): void {
    for (const wire of this.#wires) wire.heal(name);
  }

  /** The names of the rules that frames meet, in their order. @param direction absent: of both, one after the other */
  rules(direction: Direction = {}): string[] {
    return this.#wiresOf(direction).flatMap((wire) => wire.rules);
  }

  /**
   * Shows each frame once, as its sender sent it, with what the rules made of it.
   * @param direction absent: both
   */
  observe(observer: Observer, direction: Direction = {}): () => void {
    const ends = this.#wiresOf(direction).map((wire) => wire.observers.add(observer));
    return () => ends.forEach((end) => end());
  }

  #wiresOf({ from, to }: Direction): Wire[] {
    return this.#wires.filter((_, index) => {
      const sender = this.#ends[index];
      const receiver = this.#ends[1 - index];
      return (from === undefined || from === sender) && (to === undefined || to === receiver);
    });
  }

  #makeWire(index: number, options: WireOptions): Wire {
    return new Wire(this.#simulation, options, this.#random.fork(`wire ${index}`));
  }

  #update(): void {
    const up = this.up;
    for (const [index, wire] of this.#wires.entries()) {
      if (wire.connected === up) continue;
      if (up) wire.connect();
      else wire.disconnect();
      this.#simulation.schedule(0, () => this.#ends[index]?.onLinkChange?.());
    }
  }
}

/** One end of a cable, as the device there sees it. */
export class CableEnd implements LinkDevice {
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  onLinkChange?: () => void;
  /** Instead of `onReceive`, for a device that passes frames on without a copy: it borrows the frame or retains it. */
  onFrame?: (frame: Frame, now: number) => void;
  readonly #wire: Wire;
  readonly #frames: FramePool;
  readonly #onPowerChange: () => void;
  #hasPower = true;

  /** `Cable.plug` makes it. @param wire the direction away from here */
  constructor(
    readonly name: string,
    readonly mac: MacAddress,
    readonly mtu: number,
    wire: Wire,
    frames: FramePool,
    onPowerChange: () => void,
  ) {
    this.#wire = wire;
    this.#frames = frames;
    this.#onPowerChange = onPowerChange;
  }

  /** Whether the device here is switched on: else neither end has a link. */
  get hasPower(): boolean {
    return this.#hasPower;
  }

  set hasPower(hasPower: boolean) {
    this.#hasPower = hasPower;
    this.#onPowerChange();
  }

  get up(): boolean {
    return this.#wire.connected;
  }

  transmit(frame: Uint8Array, length: number): void {
    const copy = this.#frames.copy(frame, length);
    this.#wire.send(copy, this.name);
    copy.release();
  }

  /** Transmits a frame that others hold too. */
  send(frame: Frame): void {
    this.#wire.send(frame, this.name);
  }

  /** The wire's side: a frame has arrived here. */
  receive(frame: Frame, now: number): void {
    if (this.onFrame !== undefined) this.onFrame(frame, now);
    else this.onReceive?.(frame.bytes, frame.length, now);
  }
}

/** A locally administered unicast address (IEEE 802 §8.2.2). */
function drawMac(random: SimulatedRandom): MacAddress {
  const bytes = new Uint8Array(6);
  for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256);
  bytes[0] = ((bytes[0] ?? 0) & 0xfe) | 0x02;
  return MacAddress.read(bytes, 0);
}
