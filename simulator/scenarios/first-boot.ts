import { MacAddress } from "../../src/address/index.js";
import type { Device } from "../../src/device/index.js";
import type { DhcpClientEvent, DhcpLease, DhcpServer } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import {
  CLIENT_LIMITS,
  HttpClient,
  type ClientLimits,
  type HttpClientResponse,
} from "../../src/http/index.js";
import { dhcpServer, firmware } from "../apps/index.js";
import type { Duration } from "../duration.js";
import { loss } from "../faults/index.js";
import { Lan, type LanHost } from "../lan/index.js";
import { tellArpFrame, type StoryLine } from "../story.js";

const ROUTER = "192.168.1.1";
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
  readonly lan: Lan;
  readonly router: LanHost<DhcpServer>;
  readonly laptop: LanHost;
  readonly device: LanHost<Device>;
  #lease: DhcpLease | undefined;
  #messages: string[] = [];
  #listening = false;

  constructor({ seed, loss: probability = 0, latency, onStory }: FirstBootOptions = {}) {
    this.lan = new Lan({ ...(seed !== undefined && { seed }) });
    if (onStory !== undefined) this.lan.follow(onStory);
    this.router = this.lan.host("router", { address: `${ROUTER}/24`, app: dhcpServer(), isOff: true });
    this.laptop = this.lan.host("laptop", { address: "192.168.1.10/24", gateway: ROUTER, dns: [ROUTER] });
    this.device = this.lan.host("device", {
      stack: "device",
      link: { ...(latency !== undefined && { latency }) },
      faults: probability > 0 ? [loss(probability)] : [],
      isOff: true,
      app: firmware({
        onEvent: (event) => {
          if (event.type === "dhcp") this.#follow(event.event);
          if (event.type === "http-listening") this.#listening = true;
        },
      }),
    });
    this.device.cable.observe((sighting) =>
      this.lan.tell(this.#nameOf(sighting.port, sighting.bytes), tellArpFrame(sighting)),
    );
  }

  /**
   * Switches router and device on and lets time pass until the device serves its pages.
   * @throws NetworkError ETIMEDOUT if it has no lease after half an hour
   */
  boot(): BootReport {
    this.router.powerOn();
    this.device.powerOn();
    const { simulation } = this.lan;
    const isUp = (): boolean => this.#listening && this.#lease !== undefined;
    if (!simulation.advanceUntil(isUp, { within: BOOT_LIMIT }) || this.#lease === undefined) {
      const detail = `it has no lease after ${BOOT_LIMIT} of virtual time`;
      throw new NetworkError("ETIMEDOUT", "boot", "device", detail);
    }
    return { lease: this.#lease, messages: this.#messages };
  }

  /**
   * GETs a page of the device's from the laptop, over simulated TCP.
   * @throws NetworkError the reason if there is no response
   */
  async get(path: string): Promise<Page> {
    const getting = this.#getPatiently(path);
    const { response, body } = await this.lan.finish(getting, { within: GET_LIMIT });
    const type = response.header("content-type") ?? "no type";
    this.laptop.tell({
      topic: "HTTP",
      text: `GET ${response.url}: ${response.status}, ${body.length} characters of ${type}`,
    });
    return { status: response.status, body };
  }

  async #getPatiently(path: string): Promise<{ response: HttpClientResponse; body: string }> {
    const { stack, timers, clock } = this.laptop.machine;
    const url = `http://${this.device.address}:${this.device.app.httpPort}${path}`;
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
}
