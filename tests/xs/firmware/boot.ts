import { dataSince, measureHeap, type Heap, type MeasuredHeap } from "../heap.js";
import { Lan, Tab, type LanOptions } from "../lan.js";
import { PreloadedEngine } from "../preload.js";
import { bundleFirmware, manifestOf, type Build } from "./bundle.js";
import { Chip } from "./chip.js";

const NETWORK = { ssid: "home", password: "secret word" };
const ETHERNET = "esp32/ethernet_kit";

/** The builds that the firmware is tested in. */
export const BUILDS = Object.freeze({
  "ESP32, dhcp=own": { platform: "esp32", settings: { ...NETWORK, dhcp: "own" } },
  "ESP32, dhcp=platform": { platform: "esp32", settings: { ...NETWORK, dhcp: "platform" } },
  "ESP32, static=": { platform: "esp32", settings: { ...NETWORK, static: "192.168.7.20/24" } },
  "ESP32 with Ethernet, dhcp=own": { platform: ETHERNET, settings: { dhcp: "own" } },
  "ESP32 with Ethernet, dhcp=platform": { platform: ETHERNET, settings: { dhcp: "platform" } },
  "the desktop simulator": { platform: "lin", settings: {} },
} as const satisfies Record<string, Build>);

export type BuildName = keyof typeof BUILDS;

/**
 * Slots of the double's objects beyond those of the platform's, as read from SDK 8.2.3: a socket of its has an instance, the
 * host's slot and `target`, a timer the first two.
 */
const SLOTS_OF_DOUBLE = Object.freeze({ socket: 6 - 3, timer: 3 - 2 });

/** The firmware in an engine of its own, on a LAN of its own. */
export class Firmware {
  readonly lan: Lan;
  readonly engine: PreloadedEngine;
  readonly chip: Chip;
  readonly #build: Build;
  readonly #port: number;
  /** What was there before main: in flash on a device. */
  #before: MeasuredHeap | undefined;

  private constructor(build: Build, lan: Lan, former?: Chip) {
    this.#build = build;
    this.lan = lan;
    this.engine = new PreloadedEngine();
    this.chip = new Chip({
      engine: this.engine,
      lan,
      platform: build.platform,
      ...(former !== undefined && { former }),
    });
    this.#port = Number(manifestOf(build).config.port);
  }

  /** Loads it, and begins with main; time has not passed yet. */
  static async start(build: Build, options: LanOptions = {}): Promise<Firmware> {
    const firmware = new Firmware(build, new Lan(options));
    await firmware.#boot();
    return firmware;
  }

  /** The same on the same chip after it has restarted; this one is stopped. */
  async restarted(): Promise<Firmware> {
    await this.stop();
    const firmware = new Firmware(this.#build, this.lan, this.chip);
    await firmware.#boot();
    return firmware;
  }

  async #boot(): Promise<void> {
    await this.chip.boot(await bundleFirmware(this.#build), async () => {
      this.#before = await measureHeap(this.engine);
    });
  }

  get log(): readonly string[] {
    return this.chip.log;
  }

  /** The one that it serves on; undefined while there is none. */
  get address(): string | undefined {
    return this.chip.host.network.ipv4?.address.toString();
  }

  /** Lets time pass until its page can be had: until it has said so once more than it has so far. */
  async serving(): Promise<void> {
    const count = this.#timesServing;
    await this.lan.simulation.until(() => this.#timesServing > count, { within: "5m" });
  }

  get #timesServing(): number {
    return this.log.filter((line) => line.startsWith("serving ")).length;
  }

  /** A browser's connection that is kept alive. */
  connect(from = this.lan.browser): Promise<Tab> {
    return new Tab(this.lan, this.address ?? "", { port: this.#port, from }).open();
  }

  /** What it needs beyond its code, without the double's part. */
  async heap(): Promise<Heap> {
    const { slots, chunkBytes } = dataSince(this.#before!, await measureHeap(this.engine));
    const { sockets, timers } = this.chip.natives;
    return { slots: slots - SLOTS_OF_DOUBLE.socket * sockets - SLOTS_OF_DOUBLE.timer * timers, chunkBytes };
  }

  /** The most that it needs after any event of some work. */
  async peak(work: () => Promise<unknown>): Promise<Heap> {
    const peak = { slots: 0, chunkBytes: 0 };
    this.chip.onHandled = async () => {
      const { slots, chunkBytes } = await this.heap();
      peak.slots = Math.max(peak.slots, slots);
      peak.chunkBytes = Math.max(peak.chunkBytes, chunkBytes);
    };
    await work();
    this.chip.onHandled = undefined;
    return peak;
  }

  /** Computrons that some work takes of it, without the double's. */
  async compute(work: () => Promise<unknown>): Promise<number> {
    const before = this.chip.totals.compute;
    await work();
    return this.chip.totals.compute - before;
  }

  stop(): Promise<void> {
    return this.engine.stop();
  }
}
