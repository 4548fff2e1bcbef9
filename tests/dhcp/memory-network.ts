import { MacAddress, type Ipv4Address } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import {
  Watchers,
  type CheckResult,
  type DhcpDestination,
  type DhcpLink,
  type DhcpReceiver,
  type Ipv4Configuration,
  type NetworkInterface,
  type ProbeResult,
  type Random,
} from "../../src/host/index.js";
import { VirtualTime } from "../support/virtual-time.js";

/** xorshift32. */
export function seeded(seed: number): Random {
  let state = seed | 1;
  return {
    uint32: () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 0;
    },
  };
}

/** Hosts on one link that loses each message with a probability, for each receiver anew. */
export class MemoryNetwork {
  readonly time = new VirtualTime();
  readonly hosts: MemoryHost[] = [];
  /** Milliseconds from sender to receiver. */
  latency = 1;
  loss = 0;

  constructor(readonly random: Random) {}

  attach(): MemoryHost {
    const host = new MemoryHost(this, MacAddress.fromValue(0x02_00_00_00_00_00 + this.hosts.length));
    this.hosts.push(host);
    return host;
  }

  carry(
    from: MemoryHost,
    message: Uint8Array,
    destination: DhcpDestination,
    source: Ipv4Address,
    port: number,
  ): void {
    for (const host of this.hosts) {
      if (host === from || !host.isReachedBy(destination)) continue;
      if (this.random.uint32() < this.loss * 2 ** 32) continue;
      const copy = message.slice();
      this.time.set(() => host.deliver(copy, destination.port, source, port), this.latency);
    }
  }
}

/** Both a DHCP link and the interface on it. */
export class MemoryHost implements DhcpLink, NetworkInterface {
  readonly name = "eth0";
  readonly mtu = 1500;
  up = true;
  ipv4: Ipv4Configuration | undefined;
  readonly announced: string[] = [];
  readonly #watchers = new Watchers();
  readonly #network: MemoryNetwork;
  readonly #receivers = new Map<number, DhcpReceiver>();

  constructor(
    network: MemoryNetwork,
    readonly mac: MacAddress,
  ) {
    this.#network = network;
  }

  configure(configuration: Ipv4Configuration | undefined): void {
    this.ipv4 = configuration;
    this.#changed();
  }

  /** Plugs the cable in, or pulls it out. */
  setUp(up: boolean): void {
    this.up = up;
    this.#changed();
  }

  watch(callback: () => void): () => void {
    return this.#watchers.add(callback);
  }

  listen(port: number, receive: DhcpReceiver): () => void {
    if (this.#receivers.has(port)) throw new NetworkError("EADDRINUSE", "listen for DHCP", String(port));
    this.#receivers.set(port, receive);
    return () => this.#receivers.delete(port);
  }

  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address, sourcePort: number): void {
    if (this.up) this.#network.carry(this, message, destination, source, sourcePort);
  }

  probe(address: Ipv4Address, done: (result: ProbeResult) => void): () => void {
    const { time, hosts } = this.#network;
    const timer = time.set(() => {
      const owner = hosts.find((host) => host !== this && host.ipv4?.address.equals(address));
      done(owner === undefined ? { free: true } : { free: false, owner: owner.mac });
    }, 6_000);
    return () => time.clear(timer);
  }

  check(address: Ipv4Address, wait: number, done: (result: CheckResult) => void): () => void {
    const { time, hosts } = this.#network;
    const owner = hosts.find((host) => host !== this && host.ipv4?.address.equals(address));
    const result: CheckResult = owner === undefined ? { free: true } : { free: false, owner: owner.mac };
    const timer = time.set(() => done(result), owner === undefined ? wait : 0);
    return () => time.clear(timer);
  }

  announce(address: Ipv4Address): boolean {
    this.announced.push(address.toString());
    return true;
  }

  isReachedBy({ address, mac }: DhcpDestination): boolean {
    if (mac !== undefined) return mac.equals(this.mac);
    return address.isBroadcast || this.ipv4?.address.equals(address) === true;
  }

  deliver(message: Uint8Array, port: number, source: Ipv4Address, sourcePort: number): void {
    if (!this.up) return;
    this.#receivers.get(port)?.(message, source, sourcePort);
  }

  /** As a host does: from its event loop. */
  #changed(): void {
    this.#network.time.set(() => this.#watchers.notify(), 0);
  }
}
