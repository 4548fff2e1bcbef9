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
import type { Addressing } from "../settings.js";

/** What `embedded:network/interface/wifi` and `…/ethernet` have in common. */
export interface NativeInterface {
  /** A number that only grows while a connection comes about: see below. */
  readonly connection: number;
  /** IPv4 if there is one, else IPv6 link-local. */
  readonly address: string | undefined;
  readonly MAC: string | undefined;
  /** A static address stops lwIP's DHCP client, and makes lwIP forget its DNS servers. */
  configure(options: { hostname: string } | { static: StaticAddress }): void;
}

/** Dotted; 0.0.0.0 for what is not there. */
export interface StaticAddress {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
}

/** From here on there is a link: the access point has taken the station in, or the cable is. */
export const LINKED = 400;

/** From here on the interface has addresses: IPv4 and IPv6 link-local. */
export const ADDRESSED = 500;

/** How long an address may take once there is a link until the log says that there is none, in ms. */
export const ADDRESS_TIME_LIMIT = 30_000;

export interface LwipInterfaceOptions {
  /** Who says which address the interface has: lwIP's DHCP client, or who calls `configure`. */
  readonly addressing: Addressing;
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

/** An interface of lwIP's, with an address from lwIP's own DHCP client or one that it is given. */
export abstract class LwipInterface implements NetworkInterface {
  abstract readonly name: string;
  readonly mac: MacAddress;
  readonly mtu = 1500;
  protected readonly options: LwipInterfaceOptions;
  readonly #watchers = new Watchers();
  readonly #native: NativeInterface;
  /** What it was given; it stays while there is no link any more. */
  #ipv4: Ipv4Configuration | undefined;
  /** False until the first link: a static address is no use before, and lwIP has no sockets. */
  #wasUp = false;
  /** What the platform has given, read once for each change that it tells of. */
  #platform: Ipv4Configuration | undefined;
  #addressTimer: TimerHandle;

  /** @throws NetworkError EINVAL if it has no MAC address */
  constructor(native: NativeInterface, options: LwipInterfaceOptions) {
    this.#native = native;
    this.options = options;
    this.mac = MacAddress.parse(native.MAC ?? "");
  }

  /** For the log: who gives no address. */
  protected abstract get label(): string;

  get up(): boolean {
    return this.#native.connection >= LINKED;
  }

  get ipv4(): Ipv4Configuration | undefined {
    if (this.options.addressing !== "platform") return this.#wasUp ? this.#ipv4 : undefined;
    return (this.#platform ??= this.platformConfiguration());
  }

  watch(callback: () => void): () => void {
    return this.#watchers.add(callback);
  }

  configure(configuration: Ipv4Configuration | undefined): void {
    const { addressing, log, timers } = this.options;
    if (addressing === "platform")
      throw new NetworkError("ENOTSUP", "configure", this.name, "lwIP's DHCP client owns the address");
    this.#native.configure({ static: configuration === undefined ? UNCONFIGURED : staticOf(configuration) });
    this.#ipv4 = configuration;
    const routes = configuration?.routes ?? [];
    if (routes.length > 0) log("warn", `lwIP has no routing table: ${routes.length} routes are not used`);
    // The platform tells of it only while there is a link.
    timers.set(() => this.#watchers.notify(), 0);
  }

  /** To be called for each change that the platform tells of. */
  protected changed(): void {
    const { addressing, log, timers } = this.options;
    timers.clear(this.#addressTimer);
    this.#wasUp ||= this.up;
    this.#platform = undefined;
    if (this.up && this.#native.connection < ADDRESSED && addressing === "platform")
      this.#addressTimer = timers.set(
        () => log("warn", `${this.label} gives no address`),
        ADDRESS_TIME_LIMIT,
      );
    this.#watchers.notify();
  }

  private platformConfiguration(): Ipv4Configuration | undefined {
    const address = this.up ? Ipv4Address.tryParse(this.#native.address ?? "") : undefined;
    if (address === undefined) return undefined;
    const servers = this.options.dns().map((text) => Ipv4Address.tryParse(text));
    const dns = servers.filter((server) => server !== undefined);
    // The SDK tells neither mask nor gateway, so the network is taken to be the address alone.
    return { address, prefixLength: 32, dns };
  }
}

function staticOf({ address, prefixLength, gateway }: Ipv4Configuration): StaticAddress {
  return {
    address: address.toString(),
    mask: maskOfPrefixLength(prefixLength).toString(),
    gateway: gateway?.toString() ?? UNCONFIGURED.gateway,
  };
}
