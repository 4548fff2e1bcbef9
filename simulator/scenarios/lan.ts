import { Cidr, Ipv4Address } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { SocketProvider } from "../../src/socket/index.js";
import { Cable } from "../cable.js";
import type { Duration } from "../duration.js";
import { loss } from "../faults/index.js";
import { SimulatedHost } from "../host.js";
import type { Observable, Observer } from "../sighting.js";
import { Simulation } from "../simulation.js";
import { Switch } from "../switch.js";

/** 192.168.1.0/24, as homes have it. */
const NETWORK = 0xc0a8_0100;
const PREFIX_LENGTH = 24;
/** The number of the first host: those below are for routers. */
const FIRST_HOST = 10;
/** Between a host and the switch, where nothing else is asked for. */
const DEFAULT_LATENCY: Duration = 1;

export interface LanOptions {
  /** The hosts' names, in the order of their addresses: 192.168.1.10 is the first. */
  readonly hosts: readonly string[];
  readonly seed?: number | undefined;
  /** Probability that a frame is lost on its way from a host to the switch; absent: 0. */
  readonly loss?: number | undefined;
  /** Of each host's cable, each way; absent: 1 ms. */
  readonly latency?: Duration | undefined;
}

/**
 * A switch, and hosts with fixed addresses that know each other by name. Who observes it sees each frame once, as its
 * sender sent it.
 *
 * @example
 * const lan = new Lan({ hosts: ["alice", "bob"], loss: 0.1 });
 * const socket = new TcpSocket(lan.sockets("alice"));
 * const connected = socket.connect("bob:7");
 * await lan.simulation.runFor("2s");
 */
export class Lan implements Observable {
  readonly simulation: Simulation;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #cables: Cable[] = [];

  constructor({ hosts, seed, loss: probability = 0, latency = DEFAULT_LATENCY }: LanOptions) {
    this.simulation = new Simulation(seed === undefined ? {} : { seed });
    const lan = new Switch({ name: "switch" });
    for (const [index, name] of hosts.entries()) {
      // The switch's port takes the cable's name, and is told apart from the host's by it.
      const cable = new Cable(this.simulation, { name: `switch to ${name}`, latency });
      lan.connect(cable);
      const host = new SimulatedHost(this.simulation, { name, cable });
      const address = Ipv4Address.fromValue(NETWORK + FIRST_HOST + index);
      host.network.configure({ address, prefixLength: PREFIX_LENGTH, dns: [] });
      // One way only: a frame that crosses two cables would else be lost more often than was asked for.
      if (probability > 0) cable.impair(loss(probability), { from: host.link });
      this.#hosts.set(name, host);
      this.#cables.push(cable);
    }
  }

  /** @throws NetworkError EHOSTUNREACH if there is none of that name */
  host(name: string): SimulatedHost {
    const host = this.#hosts.get(name);
    if (host === undefined) {
      const names = [...this.#hosts.keys()].join(", ");
      throw new NetworkError("EHOSTUNREACH", "find host", name, `on this LAN there are ${names}`);
    }
    return host;
  }

  /** A host's address and network. */
  networkOf(name: string): Cidr {
    return new Cidr(this.host(name).network.ipv4!.address, PREFIX_LENGTH);
  }

  /** What a host's sockets run on; they find the others by name. */
  sockets(name: string): SocketProvider {
    const { stack, timers } = this.host(name);
    return { io: stack.io, timers, resolve: (other) => [this.networkOf(other).address] };
  }

  observe(observer: Observer): () => void {
    const ends = this.#cables.map((cable) =>
      cable.observe((sighting) => {
        if (sighting.port !== cable.name) observer(sighting);
      }),
    );
    return () => ends.forEach((end) => end());
  }
}
