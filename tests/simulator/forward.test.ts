import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { connect, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { Ipv4Address } from "../../src/address/index.js";
import type { Tcp, TcpOptions } from "../../src/host/index.js";
import {
  Cable,
  forward,
  listenOnLoopback,
  portOf,
  SimulatedHost,
  Simulation,
  Switch,
} from "../../simulator/index.js";

/** Virtual time that passes with each thing that happens outside: more than the hosts need to settle. */
const STEP = 200;
const PORT = 7;

/** A server behind a switch, to which what comes to a port of this machine is forwarded from another host. */
class Forwarded {
  readonly #simulation = new Simulation({ seed: 1 });
  readonly #lan = new Switch({ name: "lan" });
  readonly server = this.#host("server", "10.0.0.1");
  readonly accepted: Tcp[] = [];
  readonly #stop: () => void;

  constructor(
    readonly outside: Server,
    callbacks: TcpOptions = {},
  ) {
    const listener = new this.server.stack.io.Listener({
      port: PORT,
      onReadable: () => {
        for (;;) {
          const from = listener.read();
          if (from === undefined) return;
          this.accepted.push(new this.server.stack.io.TCP({ ...callbacks, from }));
        }
      },
    });
    this.#stop = forward({
      server: outside,
      from: this.#host("client", "10.0.0.2"),
      to: () => ({ address: "10.0.0.1", port: PORT }),
      pace: { now: (action) => this.now(action) },
    });
  }

  now(action: () => void): void {
    action();
    this.#simulation.advance(STEP);
  }

  /** Calls `action` so many virtual ms from now. */
  later(delay: number, action: () => void): void {
    this.#simulation.schedule(delay, action);
  }

  stop(): void {
    this.#stop();
  }

  #host(name: string, address: string): SimulatedHost {
    const cable = new Cable(this.#simulation, { name, latency: 1 });
    this.#lan.connect(cable);
    const host = new SimulatedHost(this.#simulation, { name, cable, stack: { tcp: { maxOrphans: 1 } } });
    host.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
    return host;
  }
}

describe("forward", () => {
  let outside: Server;
  let forwarded: Forwarded;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    outside = await listenOnLoopback(0);
  });

  afterEach(() => {
    forwarded.stop();
    for (const socket of sockets) socket.destroy();
  });

  /** Connects from outside, and waits until the server inside has the connection. */
  async function join(): Promise<Socket> {
    const socket = connect(portOf(outside), "127.0.0.1");
    sockets.push(socket);
    const arrived = once(outside, "connection");
    await Promise.all([once(socket, "connect"), arrived]);
    return socket;
  }

  it("carries bytes both ways, and the end of the server's", async () => {
    forwarded = new Forwarded(outside, {
      onReadable(this: Tcp) {
        const bytes = this.read();
        if (bytes instanceof ArrayBuffer) this.write(bytes);
        this.close();
      },
    });
    const socket = await join();
    socket.write("an echo");
    expect(await text(socket)).toBe("an echo");
  });

  it("carries the end from outside behind all that came before it, and what the server says to that", async () => {
    let heard = "";
    forwarded = new Forwarded(outside, {
      onReadable(this: Tcp) {
        heard += Buffer.from(this.read() as ArrayBuffer).toString();
      },
      onEnd(this: Tcp) {
        this.write(Buffer.from(`${heard.length} bytes, ending with ${heard.slice(-4)}`));
        this.close();
      },
    });
    const socket = await join();
    socket.end(`${"x".repeat(200_000)}last`);
    expect(await text(socket)).toBe("200004 bytes, ending with last");
  });

  it("carries an end with nothing before it", async () => {
    forwarded = new Forwarded(outside, {
      onEnd(this: Tcp) {
        this.write(Buffer.from("nothing said"));
        this.close();
      },
    });
    const socket = await join();
    socket.end();
    expect(await text(socket)).toBe("nothing said");
  });

  it("resets the connection outside when the one inside is reset", async () => {
    forwarded = new Forwarded(outside);
    const socket = await join();
    const failed = once(socket, "error");
    // Closed with bytes unread.
    forwarded.later(100, () => forwarded.accepted[0]?.close());
    socket.write("for nobody");
    expect(await failed).toEqual([expect.objectContaining({ code: "ECONNRESET" })]);
  });

  it("lets go of a connection that is reset while its end is on its way out", async () => {
    forwarded = new Forwarded(outside);
    const [first] = [await join(), await join()];
    const closed = once(first.resume(), "close");
    // The second orphan is one too many, and the first has to make room: its end and its reset come in one step.
    forwarded.now(() => {
      forwarded.later(10, () => forwarded.accepted[0]?.close());
      forwarded.later(50, () => forwarded.accepted[1]?.close());
    });
    first.on("end", () => first.end());
    await closed;
  });
});
