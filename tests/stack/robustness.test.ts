import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Tcp } from "../../src/host/index.js";
import { ARP, BROADCAST, IPV4, arp, ethernet, icmp, igmp, ipv4, tcp, udp } from "./support/build.js";
import { ipBytes } from "./support/checksum.js";
import { expectBalanced } from "./support/ledger.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC, type MachineOptions } from "./support/machine.js";

const FROM_PEER = { source: PEER_IP, destination: OWN_IP };

const GROUP = "239.1.2.3";

/** A machine with something of everything: sockets of each kind, a group, and a connection being opened. */
class Target {
  readonly machine: Machine;
  readonly sockets: { close(): void }[] = [];

  constructor(options: MachineOptions = {}) {
    this.machine = new Machine(options);
    const { link } = this.machine;
    const read = link.onTransmit;
    link.onTransmit = (frame) => {
      // What it sends on is as good or bad as it came; all that it says itself is read and checked.
      const isForwarded = frame[12] === 8 && frame[13] === 0 && frame.subarray(26, 30).join(".") !== OWN_IP;
      if (!isForwarded) read(frame);
    };
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
        multicast: GROUP,
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

  receive(frame: Uint8Array): void {
    this.machine.receive(frame);
    // What it has sent was checked when it was sent.
    this.machine.sent.length = 0;
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
  "10.0.0.77",
  "169.254.1.1",
  GROUP,
);
const ends = fc.record({ source: anyIp, destination: anyIp });
const port = fc.constantFrom(0, 9, 67, 68, 80, 7000, 50_000);

const ipOptions = fc
  .array(
    fc.constantFrom(
      [1],
      [0],
      [0x94, 4, 0, 0],
      [7, 7, 4, 0, 0, 0, 0],
      [131, 7, 4, 8, 8, 8, 8],
      [68, 3],
      [7, 0],
    ),
    { maxLength: 4 },
  )
  .map((options) => options.flat())
  .map((bytes) => [...bytes, ...[0, 0, 0].slice((bytes.length + 3) % 4)]);
const udpOf = fc
  .tuple(ends, port, port, data)
  .map(([between, from, to, bytes]) => udp(between, from, to, bytes));
const tcpOf = fc
  .tuple(ends, port, port, fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.nat(255), data)
  .map(([between, from, to, sequence, acknowledgment, flags, bytes]) =>
    tcp(between, { from, to, sequence, acknowledgment, flags, window: 1000, data: bytes }),
  );

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
  fc
    .tuple(ends, fc.constantFrom(0, 1, 64), fc.constantFrom(17, 6, 1, 2), ipOptions, data)
    .map(([between, ttl, protocol, options, bytes]) => ipv4({ ...between, ttl, protocol, options }, bytes)),
  fc
    .tuple(ends, fc.constantFrom(0x11, 0x11, 0x11, 0x12, 0x16, 0x17, 0x22), fc.nat(255), anyIp, data)
    .map(([between, type, code, group, bytes]) => igmp(between, type, code, [...ipBytes(group), ...bytes])),
  fc
    .tuple(ends, anyIp, fc.nat(3), udpOf)
    .map(([outer, gateway, code, quoted]) =>
      icmp(outer, 5, code, Buffer.from(ipBytes(gateway)).readUInt32BE(), quoted),
    ),
  tcpOf,
);
const anyTo = fc.constantFrom(OWN_MAC, OWN_MAC, OWN_MAC, BROADCAST, "01:00:5e:00:00:01", "02:00:00:00:00:77");
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
  ])("survives %s: each is delivered, sent on, or dropped and counted by its reason", (_, arbitrary) => {
    const options = fc.record<MachineOptions>({
      forwarding: fc.boolean(),
      acceptRedirects: fc.boolean(),
      addressDefence: fc.constantFrom("once", "always"),
      gateway: fc.constant(PEER_IP),
    });
    fc.assert(
      fc.property(options, fc.array(arbitrary, { maxLength: 40 }), (machineOptions, frames) => {
        const target = new Target(machineOptions);
        for (const bytes of frames) target.receive(bytes);
        expect(target.machine.stack.counters.ifInFrames).toBeGreaterThanOrEqual(frames.length);
        expectBalanced(target.machine.stack.counters);
        target.end();
        expectBalanced(target.machine.stack.counters);
      }),
      { numRuns: 300 },
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
