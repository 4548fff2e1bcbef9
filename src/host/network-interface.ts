import type { Cidr, Ipv4Address, MacAddress } from "../address/index.js";

/** A way to some network. */
export interface Ipv4Route {
  readonly destination: Cidr;
  /** The router to send to; absent where the destination is on the link. */
  readonly gateway?: Ipv4Address;
}

/** An IPv4 configuration, from DHCP or by hand. */
export interface Ipv4Configuration {
  readonly address: Ipv4Address;
  /** Bits of the network part, 0 to 32. */
  readonly prefixLength: number;
  /** The default router. */
  readonly gateway?: Ipv4Address;
  /** Routes besides the default one and that to the interface's own network (RFC 3442). */
  readonly routes?: readonly Ipv4Route[];
  readonly dns: readonly Ipv4Address[];
  /** The network's domain: "example.org". */
  readonly domain?: string;
  /** Domains in which to look for short names, in this order (RFC 3397). */
  readonly search?: readonly string[];
}

/** A network interface as the firmware sees it: this stack's, ESP32's Wi-Fi, or one that the platform configures. */
export interface NetworkInterface {
  /** "eth0", "wlan0", "tap0". */
  readonly name: string;
  readonly mac: MacAddress;
  readonly mtu: number;
  readonly up: boolean;
  /** Undefined while the interface has no address. */
  readonly ipv4: Ipv4Configuration | undefined;
  /**
   * Sets the address, or with `undefined` takes it away.
   * @throws NetworkError ENOTSUP where the platform owns the address
   */
  configure(configuration: Ipv4Configuration | undefined): void;
  /**
   * Calls `callback` whenever `up` or `ipv4` has changed, from the host's event loop.
   * @returns a function that ends it
   */
  watch(callback: () => void): () => void;
}
