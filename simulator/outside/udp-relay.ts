import { createSocket, type Socket } from "node:dgram";
import type { Udp } from "../../src/host/index.js";
import type { SimulatedHost } from "../host.js";
import type { RealTime } from "../real-time.js";

const LOOPBACK = "127.0.0.1";

/** Those inside that a service can tell apart at most, by a port of this machine each; the longest silent one gives way. */
export const MAX_UDP_CALLERS = 64;

/** Carries datagrams between a port of a simulated host and a service of this machine. */
export class UdpRelay {
  readonly #to: number;
  readonly #pace: Pick<RealTime, "now">;
  readonly #inside: Udp;
  /** By the caller inside, in the order in which they were last heard. */
  readonly #sockets = new Map<string, Socket>();
  #isOpen = true;

  /** @param port of the simulated host @param to of this machine's loopback */
  constructor({ stack }: SimulatedHost, port: number, to: number, pace: Pick<RealTime, "now">) {
    this.#to = to;
    this.#pace = pace;
    this.#inside = new stack.io.UDP({ port, onReadable: (count) => this.#send(count) });
  }

  close(): void {
    this.#isOpen = false;
    this.#inside.close();
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #send(count: number): void {
    for (let left = count; left > 0; left--) {
      const datagram = this.#inside.read();
      if (!(datagram instanceof ArrayBuffer)) return;
      const { address, port } = datagram;
      this.#socketOf(address, port).send(new Uint8Array(datagram), this.#to, LOOPBACK);
    }
  }

  #socketOf(address: string, port: number): Socket {
    const caller = `${address}:${port}`;
    const socket = this.#sockets.get(caller) ?? this.#open(address, port);
    this.#sockets.delete(caller);
    if (this.#sockets.size >= MAX_UDP_CALLERS) {
      const [oldest] = this.#sockets.keys();
      this.#sockets.get(oldest!)!.close();
      this.#sockets.delete(oldest!);
    }
    this.#sockets.set(caller, socket);
    return socket;
  }

  #open(address: string, port: number): Socket {
    const socket = createSocket("udp4");
    // What the kernel says of a datagram (nobody listens) is not known to those inside: UDP may lose it.
    socket.on("error", () => undefined);
    socket.on("message", (bytes, from) => {
      if (from.address !== LOOPBACK || from.port !== this.#to) return;
      this.#pace.now(() => {
        if (this.#isOpen) this.#inside.write(bytes, address, port);
      });
    });
    return socket;
  }
}
