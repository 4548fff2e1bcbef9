import { Ipv4Address, prefixLengthOfMask } from "../../../src/address/index.js";
import { DhcpClient } from "../../../src/dhcp/index.js";
import type { DhcpLink } from "../../../src/host/index.js";
import type { SimulatedHost } from "../../host.js";
import type { Machine } from "./machine.js";

/** What associating with an access point takes, in ms. */
export const ASSOCIATION_TIME = 200;

/** How long a station waits for beacons before it takes its access point for gone (ESP-IDF's default), in ms. */
export const BEACON_TIME = 6_000;

/** How long a scan of all channels takes, in ms. */
export const SCAN_TIME = 2_000;

/** What it takes until nobody has objected to the IPv6 link-local address, in ms; ESP32 waits for it too. */
const LINK_LOCAL_TIME = 1_000;

/** How long lwIP waits for an answer to its question who has the address that it was offered, in ms. */
const ARP_CHECK_TIME = 500;

/** A network that is in the air where the host is. */
export interface AirNetwork {
  readonly ssid: string;
  /** Absent: it is open. */
  readonly password?: string;
  /** dBm; absent: -50. */
  readonly rssi?: number;
  /** Absent: 1. */
  readonly channel?: number;
}

export const DEFAULT_RSSI = -50;

/** What has become of the radio: it is on, its access point is there or gone, it has an address. */
export type RadioEvent = "start" | "connected" | "disconnected" | "addressed";

export interface StaticAddress {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
}

export interface RadioOptions {
  readonly host: SimulatedHost;
  readonly machine: Machine;
  /** Absent: whatever network is asked for is there. */
  readonly air?: readonly AirNetwork[] | undefined;
}

/**
 * ESP32's radio as a station, with lwIP's DHCP client. The host's cable is the way to the access point: while it is cut, the
 * access point is out of reach.
 */
export class Radio {
  /** Of the access point that it is associated with. */
  ssid: string | undefined;
  hostname: string | undefined;
  readonly #options: RadioOptions;
  readonly #listeners = new Set<(event: RadioEvent) => void>();
  #client: DhcpClient | undefined;
  #state: "off" | "idle" | "connecting" | "associated" = "off";
  #static: StaticAddress | undefined;
  #hasLinkLocal = false;
  #stop: () => void = () => undefined;
  #isScanning = false;

  constructor(options: RadioOptions) {
    this.#options = options;
    const { link, network } = options.host;
    link.hasPower = false;
    network.watch(() => this.#linkChanged());
  }

  get isOn(): boolean {
    return this.#state !== "off";
  }

  get isConnecting(): boolean {
    return this.#state === "connecting";
  }

  get isAssociated(): boolean {
    return this.#state === "associated";
  }

  get address(): string | undefined {
    return this.#options.host.network.ipv4?.address.toString();
  }

  /** It has all that ESP32's JavaScript waits for: an IPv4 address, and an IPv6 one of the link. */
  get isReady(): boolean {
    return this.isAssociated && this.#hasLinkLocal && this.address !== undefined;
  }

  /** Of the network that it is in. */
  get network(): AirNetwork | undefined {
    if (!this.isAssociated || this.ssid === undefined) return undefined;
    return this.#find(this.ssid) ?? { ssid: this.ssid };
  }

  get air(): readonly AirNetwork[] {
    return this.#options.air ?? [];
  }

  /** @returns a function that ends it */
  watch(listener: (event: RadioEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Switches it on, as the first who uses it does. */
  start(): void {
    if (this.isOn) return;
    this.#state = "idle";
    this.#tell("start");
  }

  /** Looks for the network, and associates with it. Whether it did is told. */
  connect(ssid: string, password?: string): void {
    this.start();
    this.#leave();
    this.#state = "connecting";
    const { machine, host } = this.#options;
    this.#stop = machine.after(ASSOCIATION_TIME, () => {
      host.link.hasPower = true;
      if (host.link.up && this.#isRight(ssid, password)) this.#associate(ssid);
      else this.#lose();
    });
  }

  /** Leaves the network, or gives up looking for it. */
  disconnect(): void {
    if (this.#state === "associated" || this.#state === "connecting") this.#lose();
  }

  /** Undefined has lwIP's DHCP client run. */
  setStatic(address: StaticAddress | undefined): void {
    this.#static = address;
    this.#client?.stop({ keepLease: true });
    this.#options.host.network.configure(undefined);
    if (this.isAssociated) this.#address();
  }

  /** @returns false if one runs already */
  scan(done: (found: readonly AirNetwork[]) => void): boolean {
    if (this.#isScanning) return false;
    this.start();
    this.#isScanning = true;
    this.#options.machine.after(SCAN_TIME, () => {
      this.#isScanning = false;
      done(this.air);
    });
    return true;
  }

  #find(wanted: string): AirNetwork | undefined {
    return this.#options.air?.find(({ ssid }) => ssid === wanted);
  }

  #isRight(ssid: string, password: string | undefined): boolean {
    if (this.#options.air === undefined) return true;
    const found = this.#find(ssid);
    return found !== undefined && (found.password === undefined || found.password === password);
  }

  #associate(ssid: string): void {
    const { machine } = this.#options;
    this.#state = "associated";
    this.ssid = ssid;
    machine.hasNetwork = true;
    this.#tell("connected");
    const stop = machine.after(LINK_LOCAL_TIME, () => {
      this.#hasLinkLocal = true;
      if (this.isReady) this.#tell("addressed");
    });
    this.#stop = stop;
    this.#address();
  }

  #address(): void {
    const { network } = this.#options.host;
    if (this.#static === undefined) {
      this.#client ??= this.#makeClient();
      this.#client.start();
      return;
    }
    const { address, mask, gateway } = this.#static;
    const [own, router] = [Ipv4Address.parse(address), Ipv4Address.parse(gateway)];
    if (own.isUnspecified) return;
    network.configure({
      address: own,
      prefixLength: prefixLengthOfMask(Ipv4Address.parse(mask)) ?? 0,
      dns: [],
      ...(!router.isUnspecified && { gateway: router }),
    });
    if (this.isReady) this.#tell("addressed");
  }

  #makeClient(): DhcpClient {
    const { network, clock, timers, random } = this.#options.host;
    const link = asLwip(network.dhcp!);
    const onEvent = (event: { readonly type: string }): void => {
      if (event.type === "changed" && this.isReady) this.#tell("addressed");
    };
    return new DhcpClient({
      ...{ link, network, clock, timers, random, onEvent, linkLocal: false },
      ...(this.hostname !== undefined && { hostName: this.hostname }),
    });
  }

  #linkChanged(): void {
    const { host, machine } = this.#options;
    if (!this.isAssociated || host.link.up) return;
    this.#stop();
    this.#stop = machine.after(BEACON_TIME, () => {
      if (!host.link.up) this.#lose();
    });
  }

  #lose(): void {
    this.#leave();
    this.#tell("disconnected");
  }

  #leave(): void {
    const { host } = this.#options;
    this.#stop();
    this.#client?.stop({ keepLease: true });
    host.network.configure(undefined);
    host.link.hasPower = false;
    if (this.isOn) this.#state = "idle";
    this.ssid = undefined;
    this.#hasLinkLocal = false;
  }

  /** From the event loop, as lwIP's task does. */
  #tell(event: RadioEvent): void {
    this.#options.machine.post(() => {
      for (const listener of [...this.#listeners]) listener(event);
    });
  }
}

/** lwIP's client asks once whether somebody has the address, and not as RFC 5227 has it. */
function asLwip(link: DhcpLink): DhcpLink {
  return {
    mac: link.mac,
    listen: (port, receive) => link.listen(port, receive),
    send: (...message) => link.send(...message),
    probe: (address, done) =>
      link.check(address, ARP_CHECK_TIME, (result) => {
        const owner = result.free ? undefined : result.owner;
        done(owner === undefined ? { free: true } : { free: false, owner });
      }),
    check: (...question) => link.check(...question),
    announce: (...claim) => link.announce(...claim),
  };
}
