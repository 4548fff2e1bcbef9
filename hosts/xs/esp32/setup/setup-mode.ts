import { Ipv4Address, MacAddress } from "wirelet/address/index";
import { defaultHostName } from "wirelet/device/index";
import { NetworkStore, SetupServer, type FoundNetwork } from "wirelet/device/setup/index";
import type {
  Clock,
  DecodeLatin1,
  EncodeUtf8,
  Io,
  Log,
  Random,
  Storage,
  TimerHandle,
  Timers,
} from "wirelet/host/index";
import type { SetupContents } from "../../screen/setup-contents.js";
import { AccessPoint, type NativeAccessPointWifi } from "./access-point.js";

/** Where ESP-IDF puts its access point unless it is told otherwise, and starts a DHCP server. */
const ACCESS_POINT_ADDRESS = "192.168.4.1";

/** How long somebody who has joined is taken to be there after each request, in ms: a password is typed in that time. */
export const VISIT_TIME = 120_000;

/** What of the firmware's services set-up mode needs. */
export interface SetupServices {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly encode: EncodeUtf8;
  readonly decode: DecodeLatin1;
}

export interface SetupOptions {
  readonly services: SetupServices;
  readonly io: Io;
  /** Where the network is kept that is chosen. */
  readonly storage: Storage;
  /** Why, as a sentence for people; absent: there is no network yet. */
  readonly reason?: string | undefined;
  /** True if there is a network that is worth trying again when nobody comes to choose another. */
  readonly hasNetwork: boolean;
  /** The device's name, and its access point's; absent: `wirelet-` and the last three bytes of the MAC. */
  readonly hostName?: string | undefined;
  /** Of the access point, 8 bytes or more; absent: it is open. */
  readonly password?: string | undefined;
  /** Shows on a screen what to do. */
  readonly show: (contents: SetupContents) => void;
}

/** What of the platform set-up mode needs. */
export interface SetupPlatform {
  readonly wifi: NativeAccessPointWifi;
  /** `Net.get`, of one of the radio's two interfaces. */
  readonly net: (what: "IP" | "MAC", from: "ap" | "station") => string | undefined;
  /** The bytes of a name that the radio gives. */
  readonly bytesOf: (name: string) => Uint8Array;
  readonly restart: () => void;
}

/** Searches for networks, becomes an access point, and serves the page to choose one; at last it restarts the chip. */
export class SetupMode {
  readonly #options: SetupOptions;
  readonly #platform: SetupPlatform;
  readonly #accessPoint: AccessPoint;
  #visitTimer: TimerHandle;

  constructor(options: SetupOptions, platform: SetupPlatform) {
    const { timers, log } = options.services;
    this.#options = options;
    this.#platform = platform;
    this.#accessPoint = new AccessPoint({ wifi: platform.wifi, timers, log, bytesOf: platform.bytesOf });
  }

  start(): void {
    this.#accessPoint.search((networks) => {
      try {
        this.serve(networks);
      } catch (error) {
        const { log } = this.#options.services;
        log("error", `set-up mode: ${String(error)}; the device restarts`);
        this.#platform.restart();
      }
    });
  }

  private serve(networks: readonly FoundNetwork[]): void {
    const { hasNetwork, io, password, reason, services, show, storage } = this.#options;
    const { net, restart } = this.#platform;
    const hostName = this.#options.hostName ?? defaultHostName(MacAddress.parse(net("MAC", "station") ?? ""));
    this.#accessPoint.open(hostName, password);
    const address = Ipv4Address.parse(net("IP", "ap") ?? ACCESS_POINT_ADDRESS);
    const contents = { ssid: hostName, password, address: `${address}` };
    const server = new SetupServer({
      ...services,
      io,
      address,
      hostName,
      reason,
      hasNetwork,
      store: new NetworkStore(storage),
      networks,
      search: (done) => this.#accessPoint.search(done),
      onDone: restart,
      onVisit: () => this.visited((hasVisitor) => show({ ...contents, hasVisitor })),
    });
    server.start();
    show({ ...contents, hasVisitor: false });
    services.log("info", `set-up mode: join the Wi-Fi network "${hostName}", then open http://${address}/`);
  }
  private visited(show: (hasVisitor: boolean) => void): void {
    const { timers } = this.#options.services;
    if (this.#visitTimer === undefined) show(true);
    timers.clear(this.#visitTimer);
    this.#visitTimer = timers.set(() => {
      this.#visitTimer = undefined;
      show(false);
    }, VISIT_TIME);
  }
}
