import type { NativeIo } from "../../../hosts/xs/io/native.js";
import { Ipv4Address } from "../../../src/address/index.js";
import { SimulatedHost } from "../../../simulator/index.js";
import {
  createDesktopIo,
  createLwipIo,
  LWIP_TUNING,
  Machine,
} from "../../../simulator/moddable/platform/index.js";
import { LwipLinkDouble } from "../../hosts/xs/moddable/lwip-link.js";
import type { EngineReply, XsEngine } from "../engine.js";
import { DEVICE_MAC, NETWORK, type Lan } from "../lan.js";
import { EVENT, EventKind } from "../moddable/protocol.js";
import type { Build, FirmwareScripts } from "./bundle.js";
import { EthernetPort } from "./ethernet-port.js";
import { Natives, type Service } from "./natives.js";
import { Station } from "./station.js";

/** 2026-11-24T00:00:00Z: the time of day when the simulation begins. */
export const EPOCH = 1_795_478_400_000;

/** The computer's that the simulator runs on, or a chip's that has its network without Wi-Fi. */
const FIXED_ADDRESS = Ipv4Address.parse("192.168.7.60");

export interface ChipOptions {
  readonly engine: XsEngine;
  readonly lan: Lan;
  readonly platform: Build["platform"];
  /** The same machine before it was restarted. */
  readonly former?: Chip;
}

/** How long a search for access points takes, in ms. */
const SEARCH_TIME = 2_000;

/** Where ESP-IDF puts its access point. */
const ACCESS_POINT_ADDRESS = Ipv4Address.parse("192.168.4.1");

/** An access point that a search finds. */
export interface FoundNetwork {
  readonly SSID: string;
  /** dBm */
  readonly RSSI: number;
  readonly security: string;
}

/** A machine with Moddable and the firmware: JavaScript runs in the engine, and what its natives do is done here, on the LAN. */
export class Chip {
  /** Lines that were printed. */
  readonly log: string[] = [];
  /** What the engine did for it so far: the computrons of all turns, and of the one that took most. */
  readonly totals = { events: 0, compute: 0, longestTurn: 0 };
  readonly natives: Natives;
  readonly host: SimulatedHost;
  readonly machine: Machine;
  /** What is in flash. */
  readonly preferences: Map<string, unknown>;
  /** The time of day that its clock had when the simulation began; 0 for a clock that nobody has set. */
  epoch: number;
  /** What is in the air. */
  air: readonly FoundNetwork[] = [{ SSID: "home", RSSI: -50, security: "wpa2_psk" }];
  /** What it is an access point with, in set-up mode. */
  accessPoint: { readonly ssid: string; readonly password?: string } | undefined;
  /** It has asked for that, or what nobody has caught has ended it. */
  isOver = false;
  /** ESP32's radio, once the firmware has made it. */
  station: Station | undefined;
  /** The same of its Ethernet. */
  port: EthernetPort | undefined;
  link: LwipLinkDouble | undefined;
  /** The engine has handled an event; time stands still until this is done. */
  onHandled: (() => Promise<void>) | undefined;
  readonly #options: ChipOptions;
  readonly #events: { readonly kind: number; readonly id: number; readonly value: number }[] = [];
  #isPreloading = false;
  #isRunning = false;
  #unfinishedLine = "";

  constructor(options: ChipOptions) {
    this.#options = options;
    const { lan, platform, engine } = options;
    const isLwip = platform !== "lin";
    this.epoch = options.former?.epoch ?? EPOCH;
    this.preferences = options.former?.preferences ?? new Map();
    this.host =
      options.former?.host.reboot() ??
      new SimulatedHost(lan.simulation, {
        name: "device",
        cable: lan.deviceCable,
        mac: DEVICE_MAC,
        ...(isLwip && { stack: { profile: "device", tcp: LWIP_TUNING } }),
      });
    this.machine = new Machine(this.host.stack, this.host.timers);
    this.machine.hasNetwork = !isLwip;
    if (!isLwip) this.plug();
    const io: NativeIo = isLwip ? createLwipIo(this.machine) : createDesktopIo(this.machine);
    this.natives = new Natives({
      io,
      timers: this.host.timers,
      tell: (kind, id, value = 0) => this.#tell(kind, id, value),
      trace: (text) => this.#trace(text),
      services: {
        net: this.#net(),
        preference: this.#preference(),
        wifi: this.#wifi(),
        ethernet: this.#ethernet(),
        accessPoint: this.#accessPoint(),
        link: this.#link(),
        chip: this.#chip(),
      },
    });
    engine.onIssue = (request) => {
      // The linker has none.
      if (this.#isPreloading) throw new Error("a native is called by a preloaded module while it loads");
      return this.natives.answer(request);
    };
  }

  /** Evaluates the scripts: `onLoaded` after those before main. */
  async boot(
    scripts: FirmwareScripts,
    onLoaded: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { engine } = this.#options;
    await engine.evaluate(scripts.world);
    await engine.command(this.#message(EventKind.nothing, 0, 0));
    this.#isPreloading = true;
    await engine.evaluate(scripts.modules);
    this.#isPreloading = false;
    await onLoaded();
    // Events that come while main loads wait, as they do on a device.
    this.#isRunning = true;
    await this.#run(engine.evaluate(scripts.boot));
  }

  /** Gives it a network, and an address in it. */
  plug(): void {
    this.host.network.configure({ ...NETWORK, address: FIXED_ADDRESS });
    this.machine.hasNetwork = true;
  }

  #tell(kind: number, id: number, value: number): void {
    if (this.isOver) return;
    this.#events.push({ kind, id, value });
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run(undefined).catch((error: unknown) => {
      // To whoever moves the time.
      this.#options.lan.simulation.schedule(0, () => {
        throw error;
      });
    });
  }

  /** Time stands still until the engine has done what there is to do. */
  #run(first: Promise<EngineReply> | undefined): Promise<void> {
    return this.#options.lan.simulation.task(this.#exchange(first));
  }

  async #exchange(first: Promise<EngineReply> | undefined): Promise<void> {
    try {
      if (first !== undefined) this.#count(await first);
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        const { kind, id, value } = event;
        if (this.isOver) return;
        // One that was closed meanwhile hears no more.
        if (!this.natives.has(kind, id)) continue;
        if (kind === EventKind.timer) this.natives.timerRan(id);
        this.#count(await this.#options.engine.command(this.#message(kind, id, value)));
        await this.onHandled?.();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #count({ usage }: EngineReply): void {
    this.totals.events++;
    this.totals.compute += usage.compute;
    this.totals.longestTurn = Math.max(this.totals.longestTurn, usage.compute);
    if (this.machine.crashed !== undefined)
      throw new Error(`the machine has crashed: ${this.machine.crashed}`);
  }

  #message(kind: number, id: number, value: number): Uint8Array {
    const message = Buffer.alloc(EVENT.length);
    const now = this.#options.lan.simulation.now();
    message.writeDoubleBE(now, EVENT.now);
    message.writeDoubleBE(this.epoch + now, EVENT.wallClock);
    message.writeUInt8(kind, EVENT.kind);
    message.writeUInt16BE(id, EVENT.object);
    message.writeInt32BE(value, EVENT.value);
    return message;
  }

  #trace(text: string): void {
    const lines = (this.#unfinishedLine + text).split("\n");
    this.#unfinishedLine = lines.pop()!;
    this.log.push(...lines);
  }

  #net(): Service {
    return {
      get: (what: string, from: string | null): unknown => {
        const { network, mac } = this.host;
        const isDesktop = this.#options.platform === "lin";
        if (from === "ap" && this.accessPoint === undefined) return undefined;
        if (what === "IP") return network.ipv4?.address.toString();
        if (isDesktop) return undefined;
        if (what === "MAC") return mac.toString().toLowerCase();
        return what === "DNS" ? ((this.station ?? this.port)?.dns ?? []) : undefined;
      },
    };
  }

  #preference(): Service {
    const nameOf = (domain: string, key: string): string => `${domain}/${key}`;
    return {
      get: (domain: string, key: string) => this.preferences.get(nameOf(domain, key)),
      set: (domain: string, key: string, value: unknown) =>
        void this.preferences.set(nameOf(domain, key), value),
      delete: (domain: string, key: string) => void this.preferences.delete(nameOf(domain, key)),
    };
  }

  #wifi(): Service {
    const station = (): Station => {
      if (this.station === undefined) throw new Error("there is no radio");
      return this.station;
    };
    return {
      new: (id: number) => {
        const onChanged = (): void => this.#tell(EventKind.changed, id, 0);
        const onNetwork = (): void => void (this.machine.hasNetwork = true);
        this.station = new Station(this.host, this.#options.lan.deviceCable, onChanged, onNetwork);
      },
      get: (name: "connection" | "address" | "MAC") => station()[name],
      connect: (options: { SSID: string; password?: string }) => station().connect(options),
      disconnect: () => station().disconnect(),
      scan: (id: number) => this.#scan(id),
      found: () => this.air,
      configure: (options: Parameters<Station["configure"]>[0]) => station().configure(options),
    };
  }

  #ethernet(): Service {
    const port = (): EthernetPort => {
      if (this.port === undefined) throw new Error("there is no Ethernet");
      return this.port;
    };
    return {
      new: (id: number) => {
        const onChanged = (): void => this.#tell(EventKind.changed, id, 0);
        const onNetwork = (): void => void (this.machine.hasNetwork = true);
        this.port = new EthernetPort(this.host, this.#options.lan.deviceCable, onChanged, onNetwork);
      },
      get: (name: "connection" | "address" | "MAC") => port()[name],
      connect: () => port().connect(),
      configure: (options: Parameters<EthernetPort["configure"]>[0]) => port().configure(options),
    };
  }

  #accessPoint(): Service {
    return {
      scan: (id: number) => this.#scan(id),
      open: (options: NonNullable<Chip["accessPoint"]>) => {
        this.accessPoint = options;
        // From now on the cable stands for its own network.
        this.#options.lan.deviceCable.mend();
        this.host.network.configure({ address: ACCESS_POINT_ADDRESS, prefixLength: 24, dns: [] });
        this.machine.hasNetwork = true;
      },
    };
  }

  #scan(id: number): void {
    this.host.timers.set(() => this.#tell(EventKind.changed, id, 0), SEARCH_TIME);
  }

  #chip(): Service {
    return {
      restart: () => void (this.isOver = true),
      crash: (error: string) => {
        this.isOver = true;
        this.log.push(`crashed: ${error}`);
      },
    };
  }

  #link(): Service {
    const link = (): LwipLinkDouble => {
      if (this.link === undefined) throw new Error("there is no link");
      return this.link;
    };
    const view = (bytes: ArrayBuffer): Uint8Array => new Uint8Array(bytes);
    return {
      new: (id: number, mac: ArrayBuffer) => {
        const onReadable = (): void => this.#tell(EventKind.changed, id, 0);
        this.link = new LwipLinkDouble(this.host, { mac: view(mac), onReadable });
      },
      bind: (port: number) => link().bind(port),
      unbind: () => link().unbind(),
      send: (message: ArrayBuffer, to: ArrayBuffer, port: number, source: ArrayBuffer) =>
        link().send(view(message), view(to), port, view(source)),
      transmit: (frame: ArrayBuffer) => link().transmit(view(frame)),
      watch: (addresses: ArrayBuffer) => link().watch(view(addresses)),
      read: () => link().read(),
      set_dns: (addresses: ArrayBuffer) => link().setDnsServers(view(addresses)),
    };
  }
}
