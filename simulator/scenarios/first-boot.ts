import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { Device } from "../../src/device/index.js";
import { DhcpServer, type DhcpClientEvent, type DhcpLease } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import {
  CLIENT_LIMITS,
  HttpClient,
  type ClientLimits,
  type HttpClientResponse,
} from "../../src/http/index.js";
import { Cable } from "../cable.js";
import type { Duration } from "../duration.js";
import { loss } from "../faults/index.js";
import { SimulatedHost, type SimulatedHostOptions } from "../host.js";
import { Simulation } from "../simulation.js";
import { tellArpFrame, tellDeviceEvent, tellServerEvent, type StoryLine, type Telling } from "../story.js";
import { Switch } from "../switch.js";

const ROUTER = Ipv4Address.parse("192.168.1.1");
const LAPTOP = Ipv4Address.parse("192.168.1.10");
const POOL = { first: Ipv4Address.parse("192.168.1.100"), last: Ipv4Address.parse("192.168.1.199") };
const PREFIX_LENGTH = 24;
const LEASE_SECONDS = 3600;
/** Between a host and the switch, where nothing else is asked for. */
const DEFAULT_LATENCY: Duration = 1;
/** How long the device may take to boot: DHCP's retries on the worst link that still works, and some more. */
const BOOT_LIMIT: Duration = "30m";
/** How long a GET may take, its retries included. */
const GET_LIMIT: Duration = "30m";
/** Attempts to GET before the failure is the caller's: on a bad link ARP or the handshake may give up. */
const GET_ATTEMPTS = 10;
/** Virtual ms between them. */
const RETRY_DELAY = 1_000;
/** On a bad link TCP may repeat for long, in virtual ms. */
const PATIENCE = 120_000;
const PATIENT: ClientLimits = Object.freeze({
  ...CLIENT_LIMITS,
  connectTime: PATIENCE,
  headTime: PATIENCE,
  stallTime: PATIENCE,
});

export interface FirstBootOptions {
  readonly seed?: number;
  /** Probability that a frame is lost on the device's cable, each way; absent: 0. */
  readonly loss?: number;
  /** Of the device's cable, each way; absent: 1 ms. */
  readonly latency?: Duration;
  readonly onStory?: (line: StoryLine) => void;
}

/** What a device got from its DHCP server, and how. */
export interface BootReport {
  readonly lease: DhcpLease;
  /** The messages of the exchange that led to the lease, repetitions left out. */
  readonly messages: readonly string[];
}

/** What a device has answered to a GET. */
export interface Page {
  readonly status: number;
  readonly body: string;
}

/**
 * A home network: a switch, a router that is the DHCP server, a laptop, and a device that is switched on for the first
 * time.
 *
 * @example
 * const scenario = new FirstBoot({ seed: 7, loss: 0.2, onStory: (line) => console.log(formatStoryLine(line)) });
 * const { lease } = scenario.boot();
 * const { status, body } = await scenario.get("/api/status");
 */
export class FirstBoot {
  readonly simulation: Simulation;
  readonly router: SimulatedHost;
  readonly laptop: SimulatedHost;
  readonly device: SimulatedHost;
  /** What the device is plugged in with: faults apply here, and here it is worth listening. */
  readonly cable: Cable;
  readonly firmware: Device;
  readonly dhcpServer: DhcpServer;
  readonly #onStory: (line: StoryLine) => void;
  #lease: DhcpLease | undefined;
  #messages: string[] = [];
  #listening = false;

  constructor(options: FirstBootOptions = {}) {
    this.#onStory = options.onStory ?? (() => undefined);
    this.simulation = new Simulation(options.seed === undefined ? {} : { seed: options.seed });
    const lan = new Switch({ name: "switch" });
    this.router = this.#plug(lan, "router", {}).host;
    this.laptop = this.#plug(lan, "laptop", {}).host;
    const { cable, host } = this.#plug(lan, "device", { stack: { profile: "device" } }, options.latency);
    this.cable = cable;
    this.device = host;
    if (options.loss !== undefined && options.loss > 0) cable.impair(loss(options.loss));

    this.router.network.configure({ address: ROUTER, prefixLength: PREFIX_LENGTH, dns: [] });
    this.laptop.network.configure({
      address: LAPTOP,
      prefixLength: PREFIX_LENGTH,
      gateway: ROUTER,
      dns: [ROUTER],
    });
    this.dhcpServer = new DhcpServer({
      ...hostServices(this.router),
      link: this.router.network.dhcp,
      address: ROUTER,
      prefixLength: PREFIX_LENGTH,
      pool: POOL,
      gateway: ROUTER,
      dns: [ROUTER],
      leaseSeconds: LEASE_SECONDS,
      onEvent: (event) => this.#tell("router", tellServerEvent(event)),
    });
    this.firmware = new Device({
      ...hostServices(this.device),
      io: this.device.stack.io,
      network: this.device.network,
      dhcp: this.device.network.dhcp,
      memory: this.device.memory,
      log: (_, text) => this.#tell("device", { topic: "log", text }),
      platform: "Wirelet simulator",
      onEvent: (event) => {
        if (event.type === "dhcp") this.#follow(event.event);
        if (event.type === "http-listening") this.#listening = true;
        this.#tell("device", tellDeviceEvent(event));
      },
    });
    cable.observe((sighting) =>
      this.#tell(this.#nameOf(sighting.port, sighting.bytes), tellArpFrame(sighting)),
    );
  }

  /**
   * Switches router and device on and lets time pass until the device serves its pages.
   * @throws NetworkError ETIMEDOUT if it has no lease after half an hour
   */
  boot(): BootReport {
    this.dhcpServer.start();
    const { mac, link } = this.device;
    this.#tell("device", { topic: "link", text: `${link.up ? "up" : "down"}, MAC ${mac}` });
    this.firmware.start();
    if (
      !this.simulation.advanceUntil(() => this.#listening && this.#lease !== undefined, {
        within: BOOT_LIMIT,
      }) ||
      this.#lease === undefined
    ) {
      throw new NetworkError(
        "ETIMEDOUT",
        "boot",
        "device",
        `it has no lease after ${BOOT_LIMIT} of virtual time`,
      );
    }
    return { lease: this.#lease, messages: this.#messages };
  }

  /**
   * GETs a page of the device's from the laptop, over simulated TCP.
   * @throws NetworkError the reason if there is no response
   */
  async get(path: string): Promise<Page> {
    let isOver = false;
    const getting = this.#getPatiently(path).finally(() => (isOver = true));
    await Promise.all([getting, this.simulation.until(() => isOver, { within: GET_LIMIT })]);
    const { response, body } = await getting;
    const type = response.header("content-type") ?? "no type";
    this.#tell("laptop", {
      topic: "HTTP",
      text: `GET ${response.url}: ${response.status}, ${body.length} characters of ${type}`,
    });
    return { status: response.status, body };
  }

  /** @throws NetworkError ENETDOWN while it has none */
  get deviceAddress(): string {
    const address = this.device.network.ipv4?.address;
    if (address === undefined) throw new NetworkError("ENETDOWN", "reach", "device", "it has no address");
    return address.toString();
  }

  async #getPatiently(path: string): Promise<{ response: HttpClientResponse; body: string }> {
    const { stack, timers, clock } = this.laptop;
    const url = `http://${this.deviceAddress}:${this.firmware.httpPort}${path}`;
    for (let attempt = 1; ; attempt++) {
      const client = new HttpClient({ io: stack.io, clock, timers, limits: PATIENT });
      try {
        const response = await client.request(url);
        return { response, body: await response.text() };
      } catch (error) {
        if (attempt === GET_ATTEMPTS) throw error;
      } finally {
        client.close();
      }
      await new Promise<void>((resolve) => timers.set(resolve, RETRY_DELAY));
    }
  }

  #plug(
    lan: Switch,
    name: string,
    options: Omit<SimulatedHostOptions, "name" | "cable">,
    latency: Duration = DEFAULT_LATENCY,
  ): { cable: Cable; host: SimulatedHost } {
    const cable = new Cable(this.simulation, { name, latency });
    lan.connect(cable);
    return { cable, host: new SimulatedHost(this.simulation, { ...options, name, cable }) };
  }

  #follow(event: DhcpClientEvent): void {
    if (event.type === "changed") {
      this.#lease = event.current?.lease ?? this.#lease;
      // With another address, the pages begin anew.
      if (event.current?.configuration !== event.previous?.configuration) this.#listening = false;
    }
    if (event.type !== "sent" && event.type !== "received") return;
    const last = this.#messages[this.#messages.length - 1];
    if (event.message === last || this.#lease !== undefined) return;
    if (event.message === "DISCOVER") this.#messages = [];
    this.#messages.push(event.message);
  }

  /** Who sent a frame that is seen on the device's cable. */
  #nameOf(port: string, frame: Uint8Array): string {
    const sender = MacAddress.read(frame, 6);
    return [this.device, this.router, this.laptop].find((host) => host.mac.equals(sender))?.name ?? port;
  }

  #tell(who: string, telling: Telling | undefined): void {
    if (telling !== undefined) this.#onStory({ time: this.simulation.now(), who, ...telling });
  }
}

function hostServices({
  clock,
  wallClock,
  timers,
  random,
  storage,
}: SimulatedHost): Pick<SimulatedHost, "clock" | "wallClock" | "timers" | "random" | "storage"> {
  return { clock, wallClock, timers, random, storage };
}
