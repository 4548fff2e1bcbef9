import { Cidr, Ipv4Address, MacAddress } from "../../src/address/index.js";
import type { Device } from "../../src/device/index.js";
import type { DhcpServer } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import { CLIENT_LIMITS, HttpClient, type ClientLimits } from "../../src/http/index.js";
import { firmware, serveDhcp } from "../apps/index.js";
import type { Duration } from "../duration.js";
import { Lan, type App, type LanHost } from "../lan/index.js";
import type { Switch } from "../switch.js";

/** Of one subnet: what a /24 has room for beside its router, in round figures. */
export const DEVICES_PER_SUBNET = 250;

/** With some 60 KB each, more would not fit into the heap that Node has on a small machine. */
export const MAX_DEVICES = 20_000;

/** GETs that the laptop makes at a time. */
export const REQUESTS_AT_ONCE = 32;

/** 10.0.0.0/24 is the laptop's; those of the devices are 10.1.0.0/24, 10.1.1.0/24, … */
const OFFICE = 0x0a00_0000;
const FIRST_SUBNET = 0x0a01_0000;
const PREFIX_LENGTH = 24;
const SUBNET_SIZE = 256;
/** Host numbers. */
const ROUTER = 1;
const LAPTOP = 2;
const FIRST_LEASED = 2;
const LAST_LEASED = 254;

/** A device's MAC is 02:00:00:00:00:00 and its number: an address that is administered locally. */
const FIRST_MAC = 0x0200_0000_0000;

const STATUS_PATH = "/api/status";
/** In virtual time: how long the slowest device may take to boot, where nothing is lost. */
const BOOT_LIMIT: Duration = "10m";
/** In virtual time: how long all devices together may take to answer. */
const ASK_LIMIT: Duration = "1h";
const LIMITS: ClientLimits = Object.freeze({
  ...CLIENT_LIMITS,
  connections: REQUESTS_AT_ONCE,
  connectionsPerOrigin: 1,
});

export interface ManyDevicesOptions {
  /** 1 to MAX_DEVICES. */
  readonly devices: number;
  readonly seed?: number;
}

/** How far a run has come, and what it took. With the same seed the same figures, whatever the machine. */
export interface ManyDevicesReport {
  readonly seed: number;
  readonly devices: number;
  readonly subnets: number;
  /** Addresses that the DHCP servers have given out. */
  readonly leases: number;
  /** Devices that serve their pages. */
  readonly listening: number;
  /** Devices that have told the laptop their own MAC. */
  readonly statuses: number;
  /** Virtual milliseconds. */
  readonly time: number;
  readonly events: number;
  /** Frames that hosts have sent. */
  readonly framesSent: number;
  /** Frames that hosts have heard: a broadcast counts once for each. */
  readonly framesHeard: number;
  /** Frames in memory at one moment, at most. */
  readonly mostFrames: number;
}

/**
 * Devices on subnets of 250, a router between these that is the DHCP server of each, and a laptop on a network of its own.
 * The devices' power comes at one moment, as after a power cut.
 *
 * @example
 * const scenario = new ManyDevices({ devices: 1000, seed: 7 });
 * await scenario.boot();
 * await scenario.askAll();
 * scenario.report.statuses; // 1000
 */
export class ManyDevices {
  readonly lan: Lan;
  readonly router: LanHost<readonly DhcpServer[]>;
  readonly laptop: LanHost;
  readonly devices: readonly LanHost<Device>[];
  /** How often a device has begun to serve its pages. */
  #beginnings = 0;
  #statuses = 0;

  /** @throws NetworkError EINVAL for a number of devices out of range */
  constructor({ devices: count, seed }: ManyDevicesOptions) {
    if (!Number.isInteger(count) || count < 1 || count > MAX_DEVICES) {
      const detail = `want a whole number from 1 to ${MAX_DEVICES}`;
      throw new NetworkError("EINVAL", "simulate devices", String(count), detail);
    }
    this.lan = new Lan({ ...(seed !== undefined && { seed }) });
    const office = this.lan.switch("office");
    const subnets = Array.from({ length: Math.ceil(count / DEVICES_PER_SUBNET) }, (_, index) =>
      this.lan.switch(`subnet-${index + 1}`),
    );
    this.router = this.lan.host("router", {
      on: [office, ...subnets],
      address: [OFFICE, ...subnets.map((_, index) => FIRST_SUBNET + index * SUBNET_SIZE)].map((base) =>
        new Cidr(Ipv4Address.fromValue(base + ROUTER), PREFIX_LENGTH).toString(),
      ),
      stack: { forwarding: true },
      app: serveSubnets,
    });
    this.laptop = this.lan.host("laptop", {
      on: office,
      address: new Cidr(Ipv4Address.fromValue(OFFICE + LAPTOP), PREFIX_LENGTH).toString(),
      gateway: Ipv4Address.fromValue(OFFICE + ROUTER).toString(),
    });
    this.devices = this.#addDevices(count, subnets);
  }

  /** How many devices serve their pages. */
  get listening(): number {
    return this.devices.filter(isListening).length;
  }

  /** How many devices have told the laptop their own MAC. */
  get statuses(): number {
    return this.#statuses;
  }

  /** It asks each host for its counters. */
  get report(): ManyDevicesReport {
    const { simulation, hosts } = this.lan;
    const leases = this.router.app.flatMap((server) => server.leases);
    return {
      seed: this.lan.seed,
      devices: this.devices.length,
      subnets: this.router.app.length,
      leases: leases.filter(({ state }) => state === "bound").length,
      listening: this.listening,
      statuses: this.#statuses,
      time: simulation.now(),
      events: simulation.eventsRun,
      framesSent: hosts.reduce((sum, { stack }) => sum + stack.counters.ifOutFrames, 0),
      framesHeard: hosts.reduce((sum, { stack }) => sum + stack.counters.ifInFrames, 0),
      mostFrames: simulation.frames.mostInUse,
    };
  }

  /**
   * Switches all devices on, and lets time pass until each has a lease and serves its pages.
   * @throws NetworkError ETIMEDOUT if one does not after ten minutes of virtual time
   */
  async boot(): Promise<void> {
    for (const device of this.devices) device.powerOn();
    const { devices } = this;
    // Each device is looked at only when it may be that they are all there.
    const areUp = (): boolean => this.#beginnings >= devices.length && devices.every(isListening);
    await this.lan.until(areUp, { within: BOOT_LIMIT }).catch((error: unknown) => {
      const late = devices.find((device) => !isListening(device));
      if (late === undefined) throw error;
      const detail = `it serves no pages after ${BOOT_LIMIT} of virtual time`;
      throw new NetworkError("ETIMEDOUT", "boot", late.name, detail);
    });
  }

  /**
   * Has the laptop GET /api/status of each device, over simulated TCP, REQUESTS_AT_ONCE at a time.
   * @throws NetworkError the reason if a device cannot be asked
   */
  async askAll(): Promise<void> {
    const { stack, timers, clock } = this.laptop.machine;
    const client = new HttpClient({ io: stack.io, clock, timers, limits: LIMITS });
    const waiting = this.devices.values();
    this.#statuses = 0;
    const askNext = async (): Promise<void> => {
      for (const device of waiting) {
        const response = await client.request(`http://${device.address}${STATUS_PATH}`);
        const { mac } = await response.json<{ mac: string }>();
        if (response.ok && mac === device.mac.toString()) this.#statuses++;
      }
    };
    try {
      const asking = Array.from({ length: REQUESTS_AT_ONCE }, askNext);
      await this.lan.finish(Promise.all(asking), { within: ASK_LIMIT });
    } finally {
      client.close();
    }
  }

  #addDevices(count: number, subnets: readonly Switch[]): LanHost<Device>[] {
    const app = firmware({
      onEvent: (event) => {
        if (event.type === "http-listening") this.#beginnings++;
      },
    });
    return Array.from({ length: count }, (_, index) =>
      this.lan.host(`device-${index + 1}`, {
        on: subnets[Math.floor(index / DEVICES_PER_SUBNET)]!,
        mac: MacAddress.fromValue(FIRST_MAC + index + 1).toString(),
        stack: "device",
        isOff: true,
        app,
      }),
    );
  }
}

function isListening(device: LanHost<Device>): boolean {
  return device.isOn && device.app.httpPort !== 0;
}

/** The router's app: a DHCP server on each of its networks but the laptop's. */
const serveSubnets: App<readonly DhcpServer[]> = (machine, router) =>
  machine.networks.slice(1).map((network) => {
    const base = network.ipv4!.address.value - ROUTER;
    const pool = {
      first: Ipv4Address.fromValue(base + FIRST_LEASED),
      last: Ipv4Address.fromValue(base + LAST_LEASED),
    };
    return serveDhcp(machine, router, network, { pool });
  });
