import { Ipv4Address, MacAddress, maskOfPrefixLength } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import {
  Watchers,
  type Ipv4Configuration,
  type Log,
  type NetworkInterface,
  type TimerHandle,
  type Timers,
} from "wirelet/host/index";

/** `embedded:network/interface/wifi`. */
export interface NativeWifi {
  /** A number that only grows while a connection comes about: see below. */
  readonly connection: number;
  /** IPv4 if there is one, else IPv6 link-local. */
  readonly address: string | undefined;
  readonly MAC: string | undefined;
  connect(options: { SSID: string; password?: string }): void;
  /** A static address stops lwIP's DHCP client, and makes lwIP forget its DNS servers. */
  configure(options: { hostname: string } | { static: StaticAddress }): void;
}

/** Dotted; 0.0.0.0 for what is not there. */
export interface StaticAddress {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
}

/** From here on the station is associated with an access point. */
const ASSOCIATED = 400;

/** From here on it has addresses: IPv4 and IPv6 link-local. */
const ADDRESSED = 500;

/** How long until the station tries again, in ms: doubled each time, since a wrong password never gets right. */
export const FIRST_RETRY_DELAY = 1_000;
export const LAST_RETRY_DELAY = 60_000;

/** How long an address may take after the association until the log says that there is none, in ms. */
export const ADDRESS_TIME_LIMIT = 30_000;

export interface WifiInterfaceOptions {
  readonly wifi: new (options: { onChanged: () => void }) => NativeWifi;
  /** Who gets the address: lwIP's DHCP client, or who calls `configure`. */
  readonly dhcp: "platform" | "wirelet";
  /** The DNS servers that lwIP has from its DHCP client. */
  readonly dns: () => readonly string[];
  readonly timers: Timers;
  readonly log: Log;
}

const UNCONFIGURED: StaticAddress = Object.freeze({
  address: "0.0.0.0",
  mask: "0.0.0.0",
  gateway: "0.0.0.0",
});

/**
 * ESP32's Wi-Fi station, with an address from lwIP's own DHCP client or one that it is given. Unlike the SDK's start-up it
 * says when it does not get through, and connects again whenever the connection is lost.
 */
export class WifiInterface implements NetworkInterface {
  readonly name = "wlan0";
  readonly mac: MacAddress;
  readonly mtu = 1500;
  readonly #watchers = new Watchers();
  readonly #wifi: NativeWifi;
  readonly #options: WifiInterfaceOptions;
  #network: { readonly SSID: string; readonly password?: string } | undefined;
  /** What it was given; it stays while the station is not associated. */
  #ipv4: Ipv4Configuration | undefined;
  #retryDelay = FIRST_RETRY_DELAY;
  #timer: TimerHandle;

  /** Turns the radio on. @throws NetworkError EINVAL if it has no MAC address */
  constructor(options: WifiInterfaceOptions) {
    this.#options = options;
    this.#wifi = new options.wifi({ onChanged: () => this.#onChanged() });
    this.mac = MacAddress.parse(this.#wifi.MAC ?? "");
  }

  get up(): boolean {
    return this.#wifi.connection >= ASSOCIATED;
  }

  get ipv4(): Ipv4Configuration | undefined {
    return this.#options.dhcp === "wirelet" ? this.#ipv4 : this.#platformConfiguration();
  }

  watch(callback: () => void): () => void {
    return this.#watchers.add(callback);
  }

  configure(configuration: Ipv4Configuration | undefined): void {
    const { dhcp, log, timers } = this.#options;
    if (dhcp === "platform")
      throw new NetworkError("ENOTSUP", "configure", this.name, "lwIP's DHCP client owns the address");
    this.#wifi.configure({ static: configuration === undefined ? UNCONFIGURED : staticOf(configuration) });
    this.#ipv4 = configuration;
    const routes = configuration?.routes ?? [];
    if (routes.length > 0) log("warn", `lwIP has no routing table: ${routes.length} routes are not used`);
    // The radio tells of it only while it is associated.
    timers.set(() => this.#watchers.notify(), 0);
  }

  /** Connects, again and again. @param hostName what the network's DHCP server is told */
  connect(ssid: string, password: string | undefined, hostName: string): void {
    this.#network = password === undefined ? { SSID: ssid } : { SSID: ssid, password };
    this.#wifi.configure({ hostname: hostName });
    this.#connect();
  }

  #platformConfiguration(): Ipv4Configuration | undefined {
    const address = this.up ? Ipv4Address.tryParse(this.#wifi.address ?? "") : undefined;
    if (address === undefined) return undefined;
    const servers = this.#options.dns().map((text) => Ipv4Address.tryParse(text));
    const dns = servers.filter((server) => server !== undefined);
    // The SDK tells neither mask nor gateway, so the network is taken to be the address alone.
    return { address, prefixLength: 32, dns };
  }

  #connect(): void {
    try {
      this.#wifi.connect(this.#network!);
    } catch (error) {
      this.#options.log("warn", `Wi-Fi: ${String(error)}`);
      this.#retryLater();
    }
  }

  #onChanged(): void {
    const { log, timers } = this.#options;
    const { connection } = this.#wifi;
    timers.clear(this.#timer);
    if (connection >= ADDRESSED || (connection >= ASSOCIATED && this.#options.dhcp === "wirelet")) {
      this.#retryDelay = FIRST_RETRY_DELAY;
    } else if (connection >= ASSOCIATED) {
      this.#timer = timers.set(
        () => log("warn", `Wi-Fi: "${this.#network?.SSID}" gives no address`),
        ADDRESS_TIME_LIMIT,
      );
    } else {
      this.#retryLater();
    }
    this.#watchers.notify();
  }

  #retryLater(): void {
    const { log, timers } = this.#options;
    const delay = this.#retryDelay;
    this.#retryDelay = Math.min(2 * delay, LAST_RETRY_DELAY);
    log("warn", `Wi-Fi: no connection to "${this.#network?.SSID}"; next try in ${delay / 1000} s`);
    this.#timer = timers.set(() => this.#connect(), delay);
  }
}

function staticOf({ address, prefixLength, gateway }: Ipv4Configuration): StaticAddress {
  return {
    address: address.toString(),
    mask: maskOfPrefixLength(prefixLength).toString(),
    gateway: gateway?.toString() ?? UNCONFIGURED.gateway,
  };
}
