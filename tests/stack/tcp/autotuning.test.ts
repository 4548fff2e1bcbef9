import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Tcp } from "../../../src/host/index.js";
import { Stack, type StackOptions, type TcpTuning } from "../../../src/stack/index.js";
import { PAGE_LENGTH } from "../../../src/stack/tcp/memory.js";
import { Cable, SimulatedHost, Simulation } from "../../../simulator/index.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import { fixedRandom } from "../support/machine.js";

const KIB = 1024;
const MIB = 1024 * KIB;

interface Transfer {
  readonly client: SimulatedHost;
  readonly server: SimulatedHost;
  /** Bytes a second that arrive in the second from `from` ms on. */
  rate(from: number): number;
}

/** A client that sends without end, and a server that reads all there is at once. */
function transfer(options: {
  readonly bandwidth: number;
  readonly roundTrip: number;
  readonly tcp?: Partial<TcpTuning>;
}): Transfer {
  const simulation = new Simulation({ seed: 1 });
  const { bandwidth, roundTrip, tcp = {} } = options;
  const cable = new Cable(simulation, {
    name: "path",
    latency: roundTrip / 2,
    bandwidth,
    queueLimit: 16 * MIB,
  });
  const [client, server] = ["10.0.0.1", "10.0.0.2"].map((address, i) => {
    const host = new SimulatedHost(simulation, { name: `host ${i}`, cable, stack: { tcp } });
    host.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
    return host;
  }) as [SimulatedHost, SimulatedHost];
  let arrived = 0;
  const buffer = new Uint8Array(MIB);
  new server.stack.io.Listener({
    port: 80,
    onReadable() {
      new server.stack.io.TCP({
        from: this.read()!,
        onReadable(this: Tcp) {
          for (let count = this.read(buffer); count !== undefined; count = this.read(buffer))
            arrived += count;
        },
      });
    },
  });
  const chunk = new Uint8Array(16 * KIB);
  new client.stack.io.TCP({
    address: "10.0.0.2",
    port: 80,
    onWritable(this: Tcp, room: number) {
      while (room >= chunk.length) room = this.write(chunk);
    },
  });
  return {
    client,
    server,
    rate(from) {
      simulation.advance(from - simulation.now());
      const before = arrived;
      simulation.advance(1_000);
      return arrived - before;
    },
  };
}

describe("buffers of the host profile", () => {
  it("grow until they fill a path of 100 Mbit/s and 100 ms, and take back what they do not need", () => {
    const { client, server, rate } = transfer({ bandwidth: 100e6, roundTrip: 100 });
    // Of 1,538 bytes of Ethernet 1,448 are data.
    expect(rate(2_000)).toBeGreaterThan(0.95 * (100e6 / 8) * (1448 / 1538));
    expect(server.stack.tcp.memory.used).toBeLessThanOrEqual(PAGE_LENGTH);
    expect(client.stack.tcp.memory.used).toBeGreaterThan(MIB);
  });

  it("grow to 4 MiB on one of 1 Gbit/s and 100 ms, and no further", () => {
    const { client, server, rate } = transfer({ bandwidth: 1e9, roundTrip: 100 });
    const limit = (4 * MIB) / 0.1;
    const bytes = rate(1_500);
    // The program fills the send buffer by eighths.
    expect(bytes).toBeGreaterThan(0.86 * limit);
    expect(bytes).toBeLessThanOrEqual(1.01 * limit);
    const [receiver] = server.stack.tcp.connections;
    expect(receiver!.receiveRing!.capacity).toBe(4 * MIB);
    expect(client.stack.tcp.memory.used).toBeLessThanOrEqual(4 * MIB + PAGE_LENGTH);
  });

  it("do not grow where their size was set", () => {
    const size = 64 * KIB;
    const { rate } = transfer({ bandwidth: 1e9, roundTrip: 100, tcp: { receiveBuffer: size } });
    const bytes = rate(1_000);
    expect(bytes).toBeGreaterThan((0.9 * size) / 0.1);
    expect(bytes).toBeLessThanOrEqual((1.01 * size) / 0.1);
  });

  it("do not grow on a short path that a small window fills", () => {
    const { server, rate } = transfer({ bandwidth: 10e6, roundTrip: 2 });
    rate(1_000);
    expect(server.stack.tcp.connections[0]!.receiveRing!.capacity).toBeLessThan(256 * KIB);
  });
});

/** The peer sends its window full of data in segments, which nobody reads. */
function fills(d: Dialogue, from = 1): number {
  const end = from + 64 * KIB;
  for (let seq = from; seq < end; seq += 1448) {
    d.peer.sends({ seq, ack: 1, bytes: Math.min(1448, end - seq) });
    d.peer.ignores();
  }
  return end;
}

describe("the receive buffer of the host profile", () => {
  it("does not grow while the program does not read", () => {
    const d = dialogue();
    d.opens({ wscale: 7 });
    fills(d);
    expect(d.app.connection.receiveRing!.capacity).toBe(64 * KIB);
    d.clock.advance(100);
    d.peer.ignores();
    expect(d.app.readsPattern()).toBe(64 * KIB);
    const { capacity } = d.app.connection.receiveRing!;
    expect(capacity).toBe(128 * KIB + 16 * 1460);
    // A part of it is kept back for rounding.
    d.peer.receives({ seq: 1, ack: 64 * KIB + 1, win: (capacity - (capacity >> 6)) >> 7 });
  });

  it("offers no more than the window field can say where the peer does not scale", () => {
    const d = dialogue();
    d.opens();
    d.clock.advance(100);
    for (let seq = 1; seq < 1_000_000; seq += 1448) {
      d.peer.sends({ seq, ack: 1, bytes: 1448 });
      d.app.readsPattern();
      d.peer.ignores();
      d.clock.advance(1);
      d.peer.ignores();
    }
    expect(d.app.connection.receiveRing!.capacity).toBe(65_535);
  });
});

describe("the stack-wide limit", () => {
  it("keeps buffers from growing near it", () => {
    const { server, client, rate } = transfer({
      bandwidth: 100e6,
      roundTrip: 100,
      tcp: { memoryLimit: 256 * KIB },
    });
    // Three quarters of it are in the send buffer.
    rate(2_000);
    expect(client.stack.tcp.memory.used).toBeLessThan(2 * 256 * KIB);
    expect(server.stack.tcp.memory.used).toBeLessThanOrEqual(256 * KIB);
  });

  it("closes windows above it, without moving a right edge left, and goes on when there is room", () => {
    const d = dialogue({ tcp: { memoryLimit: 32 * KIB } });
    d.opens({ wscale: 7 });
    const edges: number[] = [];
    let seq = 1;
    for (; seq < 64 * KIB; seq += 1024) {
      d.peer.sends({ seq, ack: 1, bytes: 1024 });
      d.peer.ignores();
      const { rcvAdv, irs } = d.app.connection;
      edges.push((rcvAdv - irs) | 0);
    }
    const { connection } = d.app;
    // What the limit has left no room for was dropped, though the window had been offered; it comes again.
    expect(d.drops["tcp-memory"]).toBe(32);
    expect(connection.readable).toBe(32 * KIB);
    expect(edges).toEqual([...edges].sort((a, b) => a - b));
    expect(edges.at(-1)).toBeLessThanOrEqual(64 * KIB + 1);
    expect(d.app.readsPattern()).toBe(32 * KIB);
    d.peer.ignores();
    d.peer.sends({ seq: 32 * KIB + 1, ack: 1, bytes: 1024 });
    expect(d.app.readsPattern()).toBe(1024);
  });

  it("begins new connections with a page where it is near", () => {
    const d = dialogue({ tcp: { memoryLimit: 8 * KIB } });
    d.opens();
    d.app.writes(8 * KIB);
    d.peer.ignores();
    const second = d.machine.stack.tcp.connect(Ipv4Address.parse("10.0.0.9"), 1, {
      queued: false,
      runTask: () => undefined,
    });
    expect(second.sendRing!.capacity).toBe(PAGE_LENGTH);
  });

  it("lets a program write what it was told, then a page at a time", () => {
    const d = dialogue({ tcp: { memoryLimit: 8 * KIB } });
    d.opens({ mss: 1000 });
    d.app.writes(40 * KIB);
    expect(d.app.connection.writable).toBe(0);
    let acked = 1;
    for (let more = d.peer.ignores(); more > 0; more = d.peer.ignores()) {
      acked = Math.min(40 * KIB + 1, acked + more * 1000);
      d.peer.sends({ seq: 1, ack: acked });
    }
    expect(d.machine.stack.tcp.memory.used).toBe(0);
    expect(d.app.heard().at(-1)).toBe(`writable ${d.app.connection.sendRing!.capacity}`);
  });

  it("is given back when a connection ends, however it ends", () => {
    const d = dialogue();
    const { memory } = d.machine.stack.tcp;
    d.opens();
    d.app.writes(PAGE_LENGTH + 1000);
    d.peer.ignores();
    d.peer.sends({ seq: 1, ack: 1, bytes: 1000 });
    expect(memory.used).toBe(3 * PAGE_LENGTH);
    d.peer.sends({ rst: true, seq: 1001 });
    // What has come can still be read.
    expect(memory.used).toBe(PAGE_LENGTH);
    d.app.closes();
    expect(memory.used).toBe(0);
  });
});

describe("buffer sizes", () => {
  it.each<[string, StackOptions["profile"], Partial<TcpTuning>]>([
    ["receiveBuffer must be 1024 to 16384 bytes, not 16385", "device", { receiveBuffer: 16_385 }],
    ["sendBuffer must be 1024 to 16384 bytes, not 1000", "device", { sendBuffer: 1000 }],
    ["maxReceiveBuffer must be 4096 to 4096 bytes, not 8192", "device", { maxReceiveBuffer: 8192 }],
    ["receiveBuffer must be 1024 to 1073741824 bytes, not 1023", "host", { receiveBuffer: 1023 }],
    ["maxSendBuffer must be 65536 to 1073741824 bytes, not 4096", "host", { maxSendBuffer: 4096 }],
    ["sendBuffer must be 1024 to 1073741824 bytes, not 1.5", "host", { sendBuffer: 1.5 }],
  ])("%s", (message, profile, tcp) => {
    expect(() => new Stack({ random: fixedRandom(), profile: profile!, tcp })).toThrow(message);
  });

  it("of the device profile may be anything between, and are announced in full", () => {
    for (const size of [1024, 10_000, 16_384]) {
      const d = dialogue({ profile: "device", tcp: { receiveBuffer: size, sendBuffer: size } });
      d.app.connects();
      expect(d.app.connection.receiveRing!.free).toBe(size);
      const [syn] = d.peer.heard();
      const [, win, mss] = /win (\d+) mss (\d+)/.exec(syn!)!.map(Number);
      expect(win).toBe(size);
      expect(mss).toBeLessThanOrEqual(size / 4);
    }
  });
});
