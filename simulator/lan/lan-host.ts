import { Cidr, Ipv4Address, MacAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { Ipv4Configuration } from "../../src/host/index.js";
import type { SocketProvider } from "../../src/socket/index.js";
import type { Profile, Stack, StackInterface } from "../../src/stack/index.js";
import { alternate, type AlternationTimes } from "../alternation.js";
import type { Cable } from "../cable.js";
import { SimulatedHost, type SimulatedHostOptions } from "../host.js";
import type { FaultRule } from "../faults/index.js";
import type { Observer } from "../sighting.js";
import type { Telling } from "../story.js";
import type { Switch } from "../switch.js";
import { keepJoined, tellRadioEvent } from "../wifi/keep-joined.js";
import { Radio } from "../wifi/radio.js";
import type { Position } from "../wifi/signal.js";
import type { Lan, LinkOptions } from "./lan.js";

/**
 * A program on a host: called each time the host is switched on, with what the host is from then until its power goes, its
 * timers and sockets with it.
 *
 * @returns what tests and other hosts may ask of it
 */
export interface App<T = unknown> {
  (machine: SimulatedHost, host: LanHost): T;
  /** What it runs on, where a host's own options do not say it. */
  readonly board?: Pick<LanHostOptions, "stack" | "link">;
}

/** A network to be in. */
export interface WifiOptions {
  /** Joined whenever the host has power, and again when it is lost; absent: the app has the radio join. */
  readonly ssid?: string;
  readonly password?: string;
  /** Where it stands, in meters. */
  readonly place?: Position;
}

export interface LanHostOptions<T = unknown> extends Pick<
  SimulatedHostOptions,
  "memory" | "storage" | "isOff" | "clockDrift" | "processor" | "device"
> {
  /** What it runs. */
  readonly app?: App<T>;
  /** "02:00:00:00:00:01"; absent: a locally administered one drawn from the seed. */
  readonly mac?: string;
  /** Absent: "host". */
  readonly stack?: Profile | NonNullable<SimulatedHostOptions["stack"]>;
  /** What it is plugged into; several: an interface for each. Absent: the LAN's default switch. */
  readonly on?: Switch | readonly Switch[];
  /** In the place of `on`: its interface is a radio. */
  readonly wifi?: WifiOptions;
  readonly link?: LinkOptions;
  /** What goes wrong on its cables, both ways; more of it by `cable.impair`. */
  readonly faults?: readonly FaultRule[];
  /** A fixed address with its prefix length, "192.168.1.10/24"; several: for each interface. Absent: what the app gets. */
  readonly address?: string | readonly string[];
  /** Its default router, where its address is fixed. */
  readonly gateway?: string;
  readonly dns?: readonly string[];
}

/** A device of a LAN, whether its power is on or not. `Lan.host` makes it. */
export class LanHost<T = unknown> {
  readonly name: string;
  readonly lan: Lan;
  /** What its interfaces are plugged in with, in their order. */
  readonly cables: readonly Cable[];
  /** Of a host with the `wifi` option; its cable is the way through the air. */
  readonly radio: Radio | undefined;
  readonly #options: LanHostOptions<T>;
  readonly #configurations: readonly Ipv4Configuration[];
  #machine: SimulatedHost;
  #app: T | undefined;

  constructor(lan: Lan, name: string, options: LanHostOptions<T>) {
    this.lan = lan;
    this.name = name;
    this.#options = options;
    this.#configurations = configurationsOf(options);
    const { mac, memory, storage, clockDrift, processor, device, faults = [] } = options;
    const { stack, link } = { ...options.app?.board, ...options };
    this.cables = this.#plugIn(link);
    this.radio = options.wifi && this.#makeRadio(options.wifi);
    for (const cable of this.cables) for (const fault of faults) cable.impair(fault);
    this.#machine = new SimulatedHost(lan.simulation, {
      name,
      cable: this.cables,
      isOff: true,
      log: (_, text) => this.tell({ topic: "log", text }),
      ...(mac !== undefined && { mac: MacAddress.parse(mac) }),
      ...(memory !== undefined && { memory }),
      ...(storage !== undefined && { storage }),
      ...(clockDrift !== undefined && { clockDrift }),
      ...(processor !== undefined && { processor }),
      ...(device !== undefined && { device }),
      ...(stack !== undefined && { stack: typeof stack === "string" ? { profile: stack } : stack }),
    });
  }

  get isOn(): boolean {
    return this.#machine.isOn;
  }

  get mac(): MacAddress {
    return this.#machine.mac;
  }

  /** What it is until its power goes; while it is off, what it was before. */
  get machine(): SimulatedHost {
    return this.#machine;
  }

  get stack(): Stack {
    return this.#machine.stack;
  }

  /** Its first interface. */
  get network(): StackInterface {
    return this.#machine.network;
  }

  /** What its first interface is plugged in with: faults apply here, and here it is worth listening. */
  get cable(): Cable {
    return this.cables[0]!;
  }

  /** @throws NetworkError ENETDOWN while it has none */
  get address(): Ipv4Address {
    const address = this.network.ipv4?.address;
    if (address === undefined || !this.isOn)
      throw new NetworkError("ENETDOWN", "reach", this.name, this.isOn ? "it has no address" : "it is off");
    return address;
  }

  /** Its first interface's address and network. @throws NetworkError ENETDOWN while it has none */
  get subnet(): Cidr {
    return new Cidr(this.address, this.network.ipv4!.prefixLength);
  }

  /** What its app has returned. @throws NetworkError ENETDOWN while it is off */
  get app(): T {
    if (!this.isOn) throw new NetworkError("ENETDOWN", "reach app", this.name, "the host is off");
    return this.#app as T;
  }

  /** What sockets on it run on; they find the LAN's other hosts by name. */
  get sockets(): SocketProvider {
    const { stack, timers } = this.#machine;
    return { io: stack.io, timers, resolve: (name) => [this.lan.find(name).address] };
  }

  /** Switches it on, and starts its app. Nothing if it is on. */
  powerOn(): void {
    if (this.isOn) return;
    this.#start(this.#machine.powerOn());
  }

  /** Cuts its power: its app is gone, its storage is left, its links are down. */
  powerOff(): void {
    this.#machine.powerOff();
    this.radio?.powerOff();
  }

  /** Cuts its power and gives it back at once: its links stay up, but for that of a radio. */
  reboot(): void {
    if (!this.isOn) return this.powerOn();
    this.radio?.powerOff();
    this.#start(this.#machine.reboot());
  }

  /**
   * Cuts its power again and again, at times drawn from the seed, and gives it back.
   * @returns a function that ends it, with the power on
   */
  losePower(times: AlternationTimes): () => void {
    const random = this.lan.simulation.random.fork(`power of ${this.name}`);
    return alternate(this.lan.simulation, random, times, {
      begin: () => this.powerOff(),
      end: () => this.powerOn(),
    });
  }

  /**
   * Takes all memory that its stack could still have: no connection begins any more, and those there are do with what they have.
   * @returns a function that gives it back
   */
  exhaustMemory(): () => void {
    const { memory } = this.stack.tcp;
    memory.isWithheld = true;
    return () => (memory.isWithheld = false);
  }

  /** Adds a line to the LAN's story. */
  tell(telling: Telling | undefined): void {
    this.lan.tell(this.name, telling);
  }

  /** Shows each frame that it sends. @returns for each of its cables a function that ends it */
  observe(observer: Observer): (() => void)[] {
    const { links } = this.#machine;
    return this.cables.map((cable, index) => cable.observe(observer, { from: links[index]! }));
  }

  #start(machine: SimulatedHost): void {
    this.#machine = machine;
    for (const [index, configuration] of this.#configurations.entries())
      machine.networks[index]!.configure(configuration);
    this.#startRadio(machine);
    this.#app = this.#options.app?.(machine, this as LanHost);
  }

  /** @throws NetworkError EINVAL for a host that is to have both a radio and a plug */
  #plugIn(link: LinkOptions | undefined): Cable[] {
    const { on, wifi } = this.#options;
    if (wifi !== undefined && on !== undefined)
      throw new NetworkError("EINVAL", "add host", this.name, "it is plugged in, or has a radio: not both");
    if (wifi !== undefined) return [this.lan.cable(this.name, link)];
    return listOf(on ?? this.lan.defaultSwitch).map((place, index) => {
      const cable = this.lan.cable(index === 0 ? this.name : `${this.name} eth${index}`, link);
      place.connect(cable);
      return cable;
    });
  }

  #makeRadio({ place }: WifiOptions): Radio {
    const { simulation, air } = this.lan;
    return new Radio(simulation, { air, cable: this.cable, mac: () => this.mac, place });
  }

  #startRadio({ timers }: SimulatedHost): void {
    const { radio } = this;
    const { ssid, password } = this.#options.wifi ?? {};
    if (radio === undefined) return;
    radio.powerOn();
    radio.watch((event) => this.tell(tellRadioEvent(event)));
    if (ssid !== undefined) keepJoined(timers, radio, ssid, password);
  }
}

/** @throws NetworkError EINVAL for an address that is none */
function configurationsOf({ address = [], gateway, dns = [] }: LanHostOptions): Ipv4Configuration[] {
  return listOf(address).map((text, index) => {
    const { address: own, prefixLength } = Cidr.parse(text);
    return {
      address: own as Ipv4Address,
      prefixLength,
      ...(index === 0 && gateway !== undefined && { gateway: Ipv4Address.parse(gateway) }),
      dns: index === 0 ? dns.map((server) => Ipv4Address.parse(server)) : [],
    };
  });
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
