import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ipv4Address } from "../../src/address/index.js";
import type { Tcp } from "../../src/host/index.js";
import { Cable, Capture, SimulatedHost, Simulation, loss } from "../../simulator/index.js";
import { describeWithTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { pattern } from "./support/segment-spec.js";

const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);

/** 10.0.1.2 – router – 10.0.2.2, each on a cable of its own, and all of it captured. */
class RoutedNetwork {
  readonly simulation: Simulation;
  readonly near: Cable;
  readonly far: Cable;
  readonly client: SimulatedHost;
  readonly server: SimulatedHost;
  readonly router: SimulatedHost;
  readonly #blocks: Uint8Array[] = [];

  constructor(options: { readonly farMtu?: number; readonly seed?: number } = {}) {
    const { farMtu = 1500, seed = 1 } = options;
    const simulation = (this.simulation = new Simulation({ seed }));
    this.near = new Cable(simulation, { name: "near", latency: 2 });
    this.far = new Cable(simulation, { name: "far", latency: 8, mtu: farMtu });
    this.client = new SimulatedHost(simulation, { name: "client", cable: this.near });
    this.server = new SimulatedHost(simulation, { name: "server", cable: this.far });
    this.router = new SimulatedHost(simulation, {
      name: "router",
      cable: this.near,
      stack: { forwarding: true },
    });
    const farSide = this.router.stack.attach(this.far.plug({ name: "router far" }), { name: "eth1" });
    const common = { prefixLength: 24, dns: [] };
    this.router.network.configure({ ...common, address: ip("10.0.1.1") });
    farSide.configure({ ...common, address: ip("10.0.2.1") });
    this.client.network.configure({ ...common, address: ip("10.0.1.2"), gateway: ip("10.0.1.1") });
    this.server.network.configure({ ...common, address: ip("10.0.2.2"), gateway: ip("10.0.2.1") });
    const capture = new Capture((block) => this.#blocks.push(block));
    capture.watch(this.near);
    capture.watch(this.far);
  }

  get capture(): Uint8Array {
    return Buffer.concat(this.#blocks);
  }

  /** Sends `bytes` from the client to the server over TCP. @returns what has arrived, once both have closed */
  transfer(bytes: Uint8Array): Buffer {
    const received: Buffer[] = [];
    let ended = false;
    const { io } = this.server.stack;
    new io.Listener({
      port: 80,
      onReadable() {
        new io.TCP({
          from: this.read()!,
          onReadable() {
            received.push(Buffer.from(this.read() as ArrayBuffer));
          },
          onEnd() {
            this.close();
            ended = true;
          },
        });
      },
    });
    let sent = 0;
    new this.client.stack.io.TCP({
      address: "10.0.2.2",
      port: 80,
      onWritable(this: Tcp, room: number) {
        const part = bytes.subarray(sent, sent + room);
        sent += part.length;
        this.write(part);
        if (sent === bytes.length) this.close();
      },
    });
    expect(this.simulation.advanceUntil(() => ended, { within: "10m" })).toBe(true);
    return Buffer.concat(received);
  }

  /** Pings the server with one hop more each time. @returns who has answered, and with which ICMP type */
  trace(destination: string): string[] {
    const { icmp } = this.client.stack;
    const answers: string[] = [];
    icmp.onEchoReply = (from) => answers.push(`${from} reply`);
    icmp.onEchoError = (from, _identifier, _sequence, type) => answers.push(`${from} ${type}`);
    for (let ttl = 1; ttl <= 4; ttl++) {
      const before = answers.length;
      icmp.sendEcho(ip(destination), 7, ttl, pattern(0, 56), ttl);
      this.simulation.advanceUntil(() => answers.length > before, { within: "5s" });
      if (answers.at(-1)?.endsWith("reply")) break;
    }
    return answers;
  }
}

describe("two networks with a router between them, all of this stack", () => {
  it("carry a TCP transfer intact", () => {
    const network = new RoutedNetwork();
    const bytes = pattern(0, 300_000);
    expect(network.transfer(bytes).equals(Buffer.from(bytes))).toBe(true);
    const { counters } = network.router.stack;
    expect(counters.drops).toEqual({});
    expect(counters.ipForwDatagrams).toBe(counters.ipInReceives);
    expect(counters.ipInDelivers).toBe(0);
  });

  it("carry it over lossy cables as well", () => {
    const network = new RoutedNetwork({ seed: 3 });
    network.near.impair(loss(0.02));
    network.far.impair(loss(0.02));
    const bytes = pattern(0, 100_000);
    expect(network.transfer(bytes).equals(Buffer.from(bytes))).toBe(true);
  });

  it("show the hops between them to who counts up the TTL", () => {
    expect(new RoutedNetwork().trace("10.0.2.2")).toEqual(["10.0.1.1 11", "10.0.2.2 reply"]);
  });

  it("tell which host or network is not there", () => {
    expect(new RoutedNetwork().trace("10.0.2.9")[1]).toBe("10.0.1.1 3");
    expect(new RoutedNetwork().trace("10.9.9.9")[1]).toBe("10.0.1.1 3");
  });

  it("tell a UDP socket that its datagrams do not fit, after which they do", () => {
    const network = new RoutedNetwork({ farMtu: 800 });
    const received: number[] = [];
    const errors: string[] = [];
    new network.server.stack.io.UDP({
      port: 9,
      onReadable() {
        received.push(this.read()!.byteLength);
      },
    });
    const socket = new network.client.stack.io.UDP({ onError: (error) => errors.push(String(error)) });
    const write = (): void => {
      socket.write(pattern(0, 1400), "10.0.2.2", 9);
      network.simulation.advance("1s");
    };
    write();
    expect([received, errors]).toEqual([[], [expect.stringContaining("EMSGSIZE")]]);
    write();
    expect(received).toEqual([1400]);
    expect(network.router.stack.counters.drops).toEqual({ "forward-too-big": 1 });
  });

  it("tell a UDP socket that nobody listens at the other end", () => {
    const network = new RoutedNetwork();
    const errors: string[] = [];
    const socket = new network.client.stack.io.UDP({ onError: (error) => errors.push(String(error)) });
    socket.write(pattern(0, 10), "10.0.2.2", 9);
    network.simulation.advance("1s");
    expect(errors).toEqual([expect.stringMatching(/10\.0\.2\.2:9.*ECONNREFUSED/)]);
  });
});

describeWithTool("tshark", "a capture of both networks", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-routed-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("has nothing that tshark complains of: transfers, errors, fragments, groups", async () => {
    const network = new RoutedNetwork({ farMtu: 800 });
    network.trace("10.0.2.2");
    network.trace("10.9.9.9");
    const socket = new network.client.stack.io.UDP({ multicast: "239.1.2.3", onError: () => undefined });
    for (let i = 0; i < 3; i++) {
      socket.write(pattern(0, 1400), "10.0.2.2", 9);
      socket.write(pattern(0, 20), "239.1.2.3", 9);
      network.simulation.advance("2s");
    }
    socket.close();
    network.simulation.advance("5s");
    const file = join(folder, "routed.pcapng");
    writeFileSync(file, network.capture);
    const frames = await readCapture(file);
    expect(faultyFrames(frames)).toEqual([]);
    const infos = frames.map(({ info }) => info).join("\n");
    for (const said of [
      "Time-to-live exceeded",
      "Destination unreachable (Network unreachable)",
      "Destination unreachable (Fragmentation needed)",
      "Destination unreachable (Port unreachable)",
      "Fragmented IP protocol",
      "Membership Report / Join group 239.1.2.3",
      "Membership Report / Leave group 239.1.2.3",
      "Echo (ping) reply",
    ])
      expect(infos).toContain(said);
  });
});
