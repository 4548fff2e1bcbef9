import { Ipv4Address } from "../../../src/address/index.js";
import { DhcpServer, type DhcpServerOptions } from "../../../src/dhcp/index.js";
import {
  Cable,
  Capture,
  SimulatedHost,
  Simulation,
  Switch,
  type CaptureSink,
  type Duration,
  type FaultRule,
  type Observer,
  type SimulatedHostOptions,
} from "../../../simulator/index.js";
import { SiteClient, type SiteClientOptions } from "./site-client.js";

export const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface SiteOptions {
  readonly seed?: number;
  /** Takes a capture of each frame that reaches the switch. */
  readonly capture?: CaptureSink;
}

interface HostOptions extends Pick<SimulatedHostOptions, "mac" | "stack"> {
  /** What happens to frames on its cable, either way. */
  readonly fault?: FaultRule;
  /** From it to the switch; absent: 1 ms. */
  readonly latency?: Duration;
}

type ClientOptions = SiteClientOptions & Omit<HostOptions, "stack">;

export type ServerOptions = Pick<HostOptions, "latency"> &
  Pick<DhcpServerOptions, "onEvent"> & {
    readonly address: string;
    /** Of a network of 24 bits, the first and the last address to give out. */
    readonly pool: readonly [first: string, last: string];
    /** Absent: 24. */
    readonly prefixLength?: number;
    /** Absent: an hour. */
    readonly leaseSeconds?: number;
  };

/** A DHCP server on a host of its own. */
export interface SiteServer {
  readonly host: SimulatedHost;
  readonly cable: Cable;
  readonly server: DhcpServer;
}

/** A switch, and DHCP clients and servers at it, each a host with a stack of its own. */
export class Site {
  readonly simulation: Simulation;
  readonly clients: SiteClient[] = [];
  readonly #switch = new Switch({ name: "switch" });

  constructor({ seed = 1, capture }: SiteOptions = {}) {
    this.simulation = new Simulation({ seed });
    if (capture !== undefined) new Capture(capture).watch(this.#switch);
  }

  get now(): number {
    return this.simulation.now();
  }

  /** Shows each frame once, as it reached the switch. */
  observe(observer: Observer): () => void {
    return this.#switch.observe(observer);
  }

  /** A host without an address. */
  addHost(
    name: string,
    { fault, latency = 1, ...options }: HostOptions = {},
  ): { host: SimulatedHost; cable: Cable } {
    const cable = new Cable(this.simulation, { name, latency });
    if (fault !== undefined) cable.impair(fault);
    this.#switch.connect(cable);
    return { cable, host: new SimulatedHost(this.simulation, { ...options, name, cable }) };
  }

  /** A server that runs. */
  addServer(name: string, { latency, ...options }: ServerOptions): SiteServer {
    const { address: own, pool, prefixLength = 24, leaseSeconds, onEvent } = options;
    const { host, cable } = this.addHost(name, latency === undefined ? {} : { latency });
    const address = ip(own);
    host.network.configure({ address, prefixLength, dns: [] });
    const { clock, timers, random } = host;
    const server = new DhcpServer({
      ...{ clock, timers, random, address, prefixLength, leaseSeconds, onEvent },
      link: host.network.dhcp,
      pool: { first: ip(pool[0]), last: ip(pool[1]) },
      gateway: address,
      dns: [address],
    });
    server.start();
    return { host, cable, server };
  }

  /** A client that is not started yet, on a host of the device profile. */
  addClient(name: string, { fault, latency, mac, ...options }: ClientOptions = {}): SiteClient {
    const { host, cable } = this.addHost(name, {
      ...{ fault, latency, mac },
      stack: { profile: "device" },
    });
    const client = new SiteClient(this.simulation, host, cable, options);
    this.clients.push(client);
    return client;
  }

  /** Lets virtual time pass until `time` ms. */
  runTo(time: number): void {
    this.simulation.advance(time - this.now);
  }

  /** Lets so many ms of virtual time pass. */
  run(duration: number): void {
    this.simulation.advance(duration);
  }
}
