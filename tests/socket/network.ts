import { Cable, SimulatedHost, Simulation } from "../../simulator/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import {
  TcpSocket,
  type Resolver,
  type SocketProvider,
  type TcpSocketOptions,
} from "../../src/socket/index.js";
import type { StackOptions } from "../../src/stack/index.js";

export const CLIENT = "10.0.0.1";
export const SERVER = "10.0.0.2";
/** On the subnet, and nobody has it. */
export const NOBODY = "10.0.0.9";
/** Beyond the subnet, and there is no gateway. */
export const UNROUTED = "192.168.9.9";

export interface NetworkOptions {
  readonly seed?: number;
  readonly stack?: Omit<StackOptions, "random" | "log">;
  readonly resolve?: Resolver;
}

/** Two hosts on a cable of 1 ms, on virtual time. */
export class Network {
  readonly simulation: Simulation;
  readonly cable: Cable;
  readonly clientHost: SimulatedHost;
  readonly serverHost: SimulatedHost;
  readonly client: SocketProvider;
  readonly server: SocketProvider;

  constructor(options: NetworkOptions = {}) {
    this.simulation = new Simulation({ seed: options.seed ?? 1 });
    this.cable = new Cable(this.simulation, { name: "cable", latency: 1 });
    this.clientHost = this.#host("client", CLIENT, options);
    this.serverHost = this.#host("server", SERVER, options);
    const { timers } = this.simulation;
    this.client = { io: this.clientHost.stack.io, timers, resolve: options.resolve };
    this.server = { io: this.serverHost.stack.io, timers };
  }

  /** Lets `ms` of virtual time pass. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.simulation.schedule(ms, resolve));
  }

  /** A connection from the client to the server: each end's socket. */
  async pair(port = 7, options: TcpSocketOptions = {}): Promise<Pair> {
    const listener = new TcpSocket(this.server);
    await listener.bind([SERVER, port]);
    await listener.listen();
    const near = new TcpSocket(this.client, options);
    const [{ socket: far }] = await Promise.all([listener.accept(), near.connect([SERVER, port])]);
    await listener.close();
    return { near, far };
  }

  #host(name: string, address: string, { stack }: NetworkOptions): SimulatedHost {
    const host = new SimulatedHost(this.simulation, { name, cable: this.cable, ...(stack && { stack }) });
    host.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
    return host;
  }
}

/** Two ends of one connection. */
export interface Pair {
  /** The client's. */
  readonly near: TcpSocket;
  /** The server's. */
  readonly far: TcpSocket;
}

/** How long a test may last, in virtual time. */
const PATIENCE = "1h";

/** Runs a program on a network of its own, and lets time pass for it until it is done. */
export function simulated(
  program: (network: Network) => Promise<void>,
  options?: NetworkOptions,
): () => Promise<void> {
  return async () => {
    const network = new Network(options);
    let isDone = false;
    const work = program(network).finally(() => (isDone = true));
    // It is awaited only when time has passed.
    work.catch(() => undefined);
    await network.simulation.until(() => isDone, { within: PATIENCE });
    await work;
  };
}

/** What a call is rejected with, as a text; undefined while it waits or if it has succeeded. */
export function failureOf(call: Promise<unknown>): { readonly message: string | undefined } {
  const failure: { message: string | undefined } = { message: undefined };
  call.catch((error: unknown) => (failure.message = String((error as Error).message)));
  return failure;
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

export function text(data: Uint8Array): string {
  return Buffer.from(data).toString("latin1");
}
