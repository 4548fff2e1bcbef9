import { Ipv4Address } from "../../../src/address/index.js";
import type { Tcp } from "../../../src/host/index.js";
import type { StackOptions } from "../../../src/stack/index.js";
import { SimulatedHost, type Cable, type Simulation } from "../../../simulator/index.js";
import { pattern } from "./segment-spec.js";

const PORT = 80;

/** Two hosts on a cable: 10.0.0.1 and 10.0.0.2. */
export function twoHosts(
  simulation: Simulation,
  cable: Cable,
  options: readonly [StackConfiguration, StackConfiguration],
): [client: SimulatedHost, server: SimulatedHost] {
  const [client, server] = (["client", "server"] as const).map((name, i) => {
    const host = new SimulatedHost(simulation, { name, cable, stack: options[i]! });
    const address = Ipv4Address.parse(`10.0.0.${i + 1}`);
    host.network.configure({ address, prefixLength: 24, dns: [] });
    return host;
  }) as [SimulatedHost, SimulatedHost];
  return [client, server];
}

export type StackConfiguration = Omit<StackOptions, "random" | "log">;

export interface TransferOptions {
  /** Bytes that the client sends, and the server. */
  readonly up: number;
  readonly down: number;
  /** Bytes an application writes at a time, at most. */
  readonly chunk?: number;
  /** Each end closes its direction as soon as it has sent everything. */
  readonly halfClose?: boolean;
}

/** A client and a server that send each other so many bytes of a pattern over one connection. */
export class Transfer {
  readonly server: End;
  client: End;
  readonly #listener: { close(): void };
  readonly #expected: readonly [up: Uint8Array, down: Uint8Array];
  /** Closes the sending direction of the connection with that local port. */
  readonly #finish: ((host: SimulatedHost, socket: Tcp) => void) | undefined;

  constructor(client: SimulatedHost, server: SimulatedHost, options: TransferOptions) {
    const { up, down, chunk = 65_536, halfClose = false } = options;
    this.#expected = [pattern(0, up), pattern(1000, down)];
    this.#finish = halfClose ? finish : undefined;
    const serving = (this.server = new End(this.#expected[1], up, chunk, this.#finisher(server)));
    const { TCP, Listener } = server.stack.io;
    this.#listener = new Listener({
      port: PORT,
      onReadable() {
        new TCP({ from: this.read()!, ...serving.callbacks() });
      },
    });
    const connect = (): End => {
      const asking = new End(this.#expected[0], down, chunk, this.#finisher(client));
      const callbacks = asking.callbacks();
      new client.stack.io.TCP({
        address: server.network.ipv4!.address.toString(),
        port: PORT,
        ...callbacks,
        onError: (error) => {
          // Three ARP requests may all be lost; then it was never connected.
          if (String(error).includes("EHOSTUNREACH")) this.client = connect();
          else callbacks.onError(error);
        },
      });
      return asking;
    };
    this.client = connect();
  }

  get isOver(): boolean {
    return (this.client.done && this.server.done) || this.failures.length > 0;
  }

  get failures(): readonly string[] {
    return [...this.client.failures, ...this.server.failures];
  }

  /** True if every byte has arrived as it was sent, in both directions. */
  get isIntact(): boolean {
    const received = [this.server.received, this.client.received];
    return received.every((parts, i) => Buffer.concat(parts).equals(this.#expected[i]!));
  }

  stopListening(): void {
    this.#listener.close();
  }

  #finisher(host: SimulatedHost): ((socket: Tcp) => void) | undefined {
    const end = this.#finish;
    return end && ((socket) => end(host, socket));
  }
}

/** A half-close, for which ECMA-419's classes have no method. */
function finish({ stack }: SimulatedHost, { localPort, remotePort }: Tcp): void {
  const isIt = (each: { localPort: number; remotePort: number }): boolean =>
    each.localPort === localPort && each.remotePort === remotePort;
  stack.tcp.connections.find(isIt)!.shutdown();
}

/** One end: sends its bytes, reads the other's, and closes when both are done. */
export class End {
  readonly received: Buffer[] = [];
  readonly failures: string[] = [];
  done = false;
  #sent = 0;
  #count = 0;
  #finished = false;

  constructor(
    private readonly toSend: Uint8Array,
    private readonly toReceive: number,
    private readonly chunk: number,
    private readonly finish: ((socket: Tcp) => void) | undefined,
  ) {}

  callbacks() {
    return {
      target: this,
      onWritable(this: Tcp, room: number) {
        (this.target as End).send(this, room);
      },
      onReadable(this: Tcp) {
        (this.target as End).receive(this);
      },
      onEnd: () => undefined,
      onError: (error?: Error) => void this.failures.push(String(error)),
    };
  }

  receive(socket: Tcp): void {
    const bytes = Buffer.from(socket.read() as ArrayBuffer);
    this.received.push(bytes);
    this.#count += bytes.length;
    this.#closeIfDone(socket);
  }

  send(socket: Tcp, room: number): void {
    while (room > 0 && this.#sent < this.toSend.length) {
      const count = Math.min(room, this.chunk, this.toSend.length - this.#sent);
      room = socket.write(this.toSend.subarray(this.#sent, this.#sent + count));
      this.#sent += count;
    }
    this.#closeIfDone(socket);
  }

  #closeIfDone(socket: Tcp): void {
    if (this.done || this.#sent < this.toSend.length) return;
    if (!this.#finished) {
      this.#finished = true;
      this.finish?.(socket);
    }
    if (this.#count < this.toReceive) return;
    this.done = true;
    socket.close();
  }
}
