import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Tcp } from "../../src/host/index.js";
import { ARP, BROADCAST, IPV4, arp, ethernet, icmp, ipv4, tcp, udp } from "./support/build.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC } from "./support/machine.js";

const FROM_PEER = { source: PEER_IP, destination: OWN_IP };

/** A machine with something of everything: sockets of each kind, and a connection being opened. */
class Target {
  readonly machine = new Machine();
  readonly sockets: { close(): void }[] = [];

  constructor() {
    const { io } = this.machine.stack;
    const talks = {
      onReadable(this: Tcp) {
        this.write(new Uint8Array(this.read() as ArrayBuffer));
      },
      onError: () => undefined,
    };
    const { sockets } = this;
    sockets.push(
      new io.UDP({
        port: 9,
        onReadable() {
          while (this.read() !== undefined);
        },
        onError: () => undefined,
      }),
      new io.Listener({
        port: 80,
        onReadable() {
          for (let from = this.read(); from !== undefined; from = this.read())
            sockets.push(new io.TCP({ from, ...talks }));
        },
      }),
      new io.TCP({ address: PEER_IP, port: 7000, ...talks }),
    );
    this.machine.stack.icmp.onEchoReply = () => undefined;
    this.machine.eth0.dhcp.probe(this.machine.eth0.ipv4!.address, () => undefined);
    this.machine.settle();
    this.machine.sent.length = 0;
  }

  /** Receives a frame. @returns by how much each counter has grown */
  receive(frame: Uint8Array): { delivered: number; dropped: number } {
    const { counters } = this.machine.stack;
    const dropped = (): number => Object.values(counters.drops).reduce((sum, count) => sum + count, 0);
    const before = { delivered: counters.ipInDelivers, dropped: dropped() };
    this.machine.receive(frame);
    // What it has sent was checked when it was sent.
    this.machine.sent.length = 0;
    return { delivered: counters.ipInDelivers - before.delivered, dropped: dropped() - before.dropped };
  }

  /** After this nothing may be left, whatever has happened. */
  end(): void {
    const { machine, sockets } = this;
    for (const socket of sockets) socket.close();
    machine.settle();
    for (let i = 0; i < 10; i++) {
      machine.advance(100_000);
      machine.sent.length = 0;
    }
    expect(machine.stack.tcp.connections).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
    expect(machine.stack.nextPoll).toBe(Infinity);
  }
}

/** True if the frame is an ARP packet in order: it is delivered, but not by IP. */
function isFragment(frame: Uint8Array): boolean {
  return frame.length > 21 && ((frame[20]! & 0x3f) | frame[21]!) !== 0;
}

function isArp(frame: Uint8Array): boolean {
  const header = Buffer.from(frame.subarray(12, 20)).toString("hex");
  const operation = (frame[20] ?? 0) * 256 + (frame[21] ?? 0);
  return frame.length >= 42 && header === "0806000108000604" && (operation === 1 || operation === 2);
}

const data = fc.uint8Array({ maxLength: 60 });
const anyIp = fc.constantFrom(
  PEER_IP,
  OWN_IP,
  "10.0.0.255",
  "255.255.255.255",
  "224.0.0.1",
  "0.0.0.0",
  "127.0.0.1",
  "8.8.8.8",
);
const ends = fc.record({ source: anyIp, destination: anyIp });
const port = fc.constantFrom(0, 9, 67, 68, 80, 7000, 50_000);

/** Good packets of every kind. */
const packet = fc.oneof(
  fc.tuple(ends, port, port, data).map(([between, from, to, bytes]) => udp(between, from, to, bytes)),
  fc
    .tuple(ends, fc.nat(18), fc.nat(15), fc.nat(0xffff_ffff), data)
    .map(([between, type, code, rest, bytes]) => icmp(between, type, code, rest, bytes)),
  fc
    .tuple(ends, ends, fc.nat(15), port, port, data)
    .map(([outer, inner, code, from, to, bytes]) => icmp(outer, 3, code, 0, udp(inner, from, to, bytes))),
  fc
    .tuple(ends, fc.oneof(fc.constant(6), fc.nat(255)), fc.constantFrom(0, 0, 0x4000, 0x2000, 7), data)
    .map(([between, protocol, fragment, bytes]) => ipv4({ ...between, protocol, fragment }, bytes)),
);
const anyTo = fc.constantFrom(OWN_MAC, OWN_MAC, BROADCAST, "01:00:5e:00:00:01", "02:00:00:00:00:77");
const anyMac = fc.constantFrom(PEER_MAC, OWN_MAC, BROADCAST, "00:00:00:00:00:00");
const frame = fc.oneof(
  fc.tuple(anyTo, anyMac, packet).map(([to, from, bytes]) => ethernet(to, from, IPV4, bytes)),
  fc
    .tuple(anyTo, anyMac, fc.constantFrom<1 | 2>(1, 2), anyIp, anyMac, anyIp)
    .map(([to, senderMac, operation, senderIp, targetMac, targetIp]) =>
      ethernet(to, senderMac, ARP, arp({ operation, senderMac, senderIp, targetMac, targetIp })),
    ),
);

/** What a broken link does to a frame. */
const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  fc.nat(2000).map((bit) => (bytes: Uint8Array) => {
    bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
    return bytes;
  }),
  fc.nat(80).map((length) => (bytes: Uint8Array) => bytes.subarray(0, length)),
  fc.tuple(fc.nat(70), fc.nat(255)).map(
    ([at, value]) =>
      (bytes: Uint8Array) =>
        bytes.map((byte, i) => (i === at ? value : byte)),
  ),
  data.map((tail) => (bytes: Uint8Array) => Uint8Array.from([...bytes, ...tail])),
);
const damaged = fc
  .tuple(frame, fc.array(damage, { minLength: 1, maxLength: 3 }))
  .map(([bytes, damages]) =>
    damages.reduce<Uint8Array>((now, change) => (now.length > 0 ? change(now) : now), Uint8Array.from(bytes)),
  );

describe("a stack", () => {
  it.each<[string, fc.Arbitrary<Uint8Array>]>([
    ["random bytes", fc.uint8Array({ maxLength: 120 })],
    ["frames in order", frame],
    ["damaged frames", damaged],
  ])("survives %s: each frame is delivered, or dropped and counted once", (_, arbitrary) => {
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 40 }), (frames) => {
        const target = new Target();
        for (const bytes of frames) {
          const { delivered, dropped } = target.receive(bytes);
          // A fragment may be kept, and then two things may happen at once.
          if (isArp(bytes) || isFragment(bytes)) continue;
          if (delivered === 0) expect(dropped).toBe(1);
          else expect(delivered).toBeLessThanOrEqual(2); // an answer to itself is delivered as well
        }
        target.end();
      }),
    );
  });

  it("survives any segments around the numbers that its connections expect", () => {
    const offset = fc.oneof(
      { weight: 12, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.constantFrom(1, -1) },
      { weight: 2, arbitrary: fc.integer({ min: -70, max: 70 }) },
      { weight: 1, arbitrary: fc.integer({ min: -70_000, max: 70_000 }) },
      { weight: 1, arbitrary: fc.integer() },
    );
    const segment = fc.record({
      which: fc.nat(2),
      sequence: offset,
      acknowledgment: offset,
      acknowledges: fc.constantFrom<"sndUna" | "sndNxt">("sndUna", "sndNxt"),
      closes: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 2, 3, 4),
      flags: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(0x02, 0x10, 0x10, 0x10, 0x18, 0x11, 0x12, 0x12, 0x04) },
        fc.nat(255),
      ),
      window: fc.oneof(fc.constantFrom(0, 1, 65_535), fc.nat(0xffff)),
      options: fc
        .array(fc.nat(255), { maxLength: 10 })
        .map((bytes) => [...bytes, ...[0, 0, 0].slice((bytes.length + 3) % 4)]),
      data,
      pause: fc.constantFrom(0, 0, 0, 1, 40, 300, 5_000),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 60 }), (segments) => {
        const target = new Target();
        for (const { which, pause, acknowledges, closes, ...fields } of segments) {
          const connection = target.machine.stack.tcp.connections[which];
          const packet = tcp(FROM_PEER, {
            ...fields,
            from: connection?.remotePort ?? 1000 + which,
            to: connection?.localPort ?? 80,
            sequence: ((connection?.rcvNxt ?? 0) + fields.sequence) >>> 0,
            acknowledgment: ((connection?.[acknowledges] ?? 0) + fields.acknowledgment) >>> 0,
            options: fields.options.slice(0, fields.options.length & ~3),
          });
          target.receive(ethernet(OWN_MAC, PEER_MAC, IPV4, packet));
          if (closes !== undefined) target.sockets[closes]?.close();
          target.machine.settle();
          target.machine.advance(pause);
          target.machine.sent.length = 0;
        }
        target.end();
      }),
      { numRuns: 300 },
    );
  });
});
