import { Ipv4Address } from "../../../src/address/index.js";
import {
  DhcpClient,
  DhcpServer,
  type DhcpChangeReason,
  type DhcpClientEvent,
  type DhcpClientOptions,
  type DhcpOneSubnet,
  type DhcpServerEvent,
  type DhcpServerPolicy,
} from "../../../src/dhcp/index.js";
import {
  Cable,
  Capture,
  SimulatedHost,
  Simulation,
  Switch,
  type CaptureSink,
  type FaultRule,
  type Observer,
  type SimulatedHostOptions,
} from "../../../simulator/index.js";

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

/** A change that a client told of. */
export interface Change {
  /** Virtual ms. */
  readonly time: number;
  readonly reason: DhcpChangeReason;
  /** What it has since then. */
  readonly address: string | undefined;
}

/** A DHCP client on a host of its own. */
export interface SiteClient {
  readonly name: string;
  readonly host: SimulatedHost;
  readonly cable: Cable;
  readonly client: DhcpClient;
  /** Each change of what is configured, with its time. */
  readonly changes: Change[];
  /** Messages sent, by type. */
  readonly sent: Record<"DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE" | "INFORM", number>;
}

/** A DHCP server on a host of its own. */
export interface SiteServer {
  readonly host: SimulatedHost;
  readonly cable: Cable;
  readonly server: DhcpServer;
}

export interface ClientOptions extends Partial<DhcpClientOptions> {
  /** What happens to frames on the host's cable, either way. */
  readonly fault?: FaultRule;
  readonly hostOptions?: Partial<SimulatedHostOptions>;
  readonly onDhcp?: (event: DhcpClientEvent) => void;
}

export type ServerOptions = Omit<DhcpServerPolicy, "address"> &
  DhcpOneSubnet & {
    readonly address: string;
    readonly onEvent?: (event: DhcpServerEvent) => void;
  };

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

  /** A host with no address, 1 ms from the switch. */
  addHost(
    name: string,
    { fault, ...options }: Partial<SimulatedHostOptions> & { readonly fault?: FaultRule } = {},
  ): { host: SimulatedHost; cable: Cable } {
    const cable = new Cable(this.simulation, { name, latency: 1 });
    if (fault !== undefined) cable.impair(fault);
    this.#switch.connect(cable);
    return { cable, host: new SimulatedHost(this.simulation, { ...options, name, cable }) };
  }

  /** A server that runs. */
  addServer(name: string, { address, onEvent, ...options }: ServerOptions): SiteServer {
    const { host, cable } = this.addHost(name);
    const own = ip(address);
    host.network.configure({ address: own, prefixLength: options.prefixLength, dns: [] });
    const { clock, timers, random } = host;
    const server = new DhcpServer({
      ...options,
      clock,
      timers,
      random,
      onEvent,
      address: own,
      link: host.network.dhcp,
    });
    server.start();
    return { host, cable, server };
  }

  /** A client that is not started yet, on a host of the device profile. */
  addClient(name: string, { fault, hostOptions, onDhcp, ...options }: ClientOptions = {}): SiteClient {
    const { host, cable } = this.addHost(name, { stack: { profile: "device" }, ...hostOptions, fault });
    const changes: Change[] = [];
    const sent = { DISCOVER: 0, REQUEST: 0, DECLINE: 0, RELEASE: 0, INFORM: 0 };
    const { clock, timers, random, network } = host;
    const client = new DhcpClient({
      clock,
      timers,
      random,
      network,
      link: network.dhcp,
      onEvent: (event) => {
        if (event.type === "sent") sent[event.message]++;
        if (event.type === "changed") {
          const address = event.current?.configuration.address.toString();
          changes.push({ time: this.now, reason: event.reason, address });
        }
        onDhcp?.(event);
      },
      ...options,
    });
    const made = { name, host, cable, client, changes, sent };
    this.clients.push(made);
    return made;
  }

  /** Lets virtual time pass until `time` ms. */
  runTo(time: number): void {
    this.simulation.advance(time - this.now);
  }
}

/** "bound 10.0.0.100", "expired". */
export function tellChange({ reason, address }: Change): string {
  return address === undefined ? reason : `${reason} ${address}`;
}
