import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address } from "../../../src/address/index.js";
import { MAX_FRAGMENTS, MAX_REASSEMBLIES, REASSEMBLY_TIMEOUT } from "../../../src/stack/ip/reassembly.js";
import { Cable, SimulatedHost, Simulation } from "../../../simulator/index.js";
import { ipv4, tcp, udp } from "../support/build.js";
import { Machine, OWN_IP, PEER_IP } from "../support/machine.js";
import { pattern } from "../support/segment-spec.js";

const FROM_PEER = { source: PEER_IP, destination: OWN_IP };
const MORE = 0x2000;

/** Some of a packet's payload, as a packet of its own. @param from in bytes, a multiple of 8 */
function fragment(packet: Uint8Array, from: number, to: number, hasMore: boolean, ecn = 0): Uint8Array {
  const flags = (hasMore ? MORE : 0) | (from / 8);
  const protocol = packet[9]!;
  return ipv4({ ...FROM_PEER, protocol, fragment: flags, ecn }, packet.subarray(20 + from, 20 + to));
}

/** A machine that collects what arrives at UDP port 9. */
function listening(): { machine: Machine; read: string[] } {
  const machine = new Machine();
  const read: string[] = [];
  new machine.stack.io.UDP({
    port: 9,
    onReadable() {
      for (let datagram = this.read(); datagram !== undefined; datagram = this.read()) {
        read.push(Buffer.from(datagram).toString());
      }
    },
  });
  return { machine, read };
}

/** 8 bytes of UDP header and 24 of text: four pieces of 8 bytes. */
const TEXT = "the quick brown fox jump";
const DATAGRAM = udp(FROM_PEER, 1000, 9, Buffer.from(TEXT));

describe("fragments (RFC 791 §3.2)", () => {
  it.each([
    ["in order", [0, 8, 16, 24]],
    ["backwards", [24, 16, 8, 0]],
    ["with the first last", [8, 24, 16, 0]],
    ["with one of them twice", [8, 0, 8, 16, 24]],
  ])("become one packet when they come %s", (_, order) => {
    const { machine, read } = listening();
    for (const from of order) machine.receiveIp(fragment(DATAGRAM, from, from + 8, from < 24));
    machine.settle();
    expect(read).toEqual([TEXT]);
    expect(machine.stack.counters).toMatchObject({
      ipReasmReqds: order.length,
      ipReasmOKs: 1,
      drops: order.length > 4 ? { "ipv4-fragment-duplicate": 1 } : {},
    });
    expect([machine.stack.ip.reassembly.size, machine.stack.timers.size]).toEqual([0, 0]);
  });

  it.each([
    ["is marked if one of its fragments is", [2, 3, 2, 2], 3],
    ["is not marked if none is", [2, 2, 2, 2], 2],
    ["is thrown away if another one may not be marked", [2, 3, 0, 2], undefined],
  ])("the packet %s (RFC 3168 §5.3)", (_, codepoints, expected) => {
    const { machine, read } = listening();
    codepoints.forEach((ecn, i) => machine.receiveIp(fragment(DATAGRAM, 8 * i, 8 * i + 8, i < 3, ecn)));
    machine.settle();
    expect(read).toEqual(expected === undefined ? [] : [TEXT]);
    const { drops } = machine.stack.counters;
    expect(drops).toEqual(expected === undefined ? { "ipv4-fragment-ecn": 1 } : {});
    const { bytes, ipAt } = machine.stack.packet;
    if (expected !== undefined) expect(bytes[ipAt + 1]).toBe(expected);
  });

  it.each([
    [
      "overlap",
      "ipv4-fragment-overlap",
      [
        [0, 16, true],
        [8, 24, true],
      ],
    ],
    [
      "end twice",
      "ipv4-fragment-overlap",
      [
        [16, 24, false],
        [24, 32, false],
      ],
    ],
    [
      "go on behind the end",
      "ipv4-fragment-overlap",
      [
        [8, 16, false],
        [16, 24, true],
      ],
    ],
    ["are no multiple of 8 bytes", "ipv4-fragment-length", [[0, 12, true]]],
    ["are empty", "ipv4-fragment-length", [[8, 8, true]]],
    ["reach beyond 65,535 bytes", "ipv4-fragment-length", [[65_528, 65_552, false]]],
  ] as const)("are thrown away when they %s", (_, reason, pieces) => {
    const { machine, read } = listening();
    const packet = Buffer.concat([DATAGRAM, Buffer.alloc(65_600)]);
    for (const [from, to, hasMore] of pieces) machine.receiveIp(fragment(packet, from, to, hasMore));
    machine.settle();
    expect(read).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
    expect(machine.stack.ip.reassembly.size).toBe(0);
  });

  it("of TCP are refused when a filter could not have seen the header (RFC 1858, RFC 3128)", () => {
    const machine = new Machine();
    const segment = tcp(FROM_PEER, {
      from: 1000,
      to: 80,
      sequence: 1,
      acknowledgment: 0,
      flags: 2,
      window: 1000,
      data: Buffer.alloc(40),
    });
    machine.receiveIp(fragment(segment, 0, 16, true));
    machine.receiveIp(fragment(segment, 8, 24, true));
    expect(machine.stack.counters.drops).toEqual({ "ipv4-fragment-tiny": 2 });
  });

  it("wait for the rest for a minute; then the sender is told, if the first had come", () => {
    const { machine } = listening();
    machine.receiveIp(fragment(DATAGRAM, 0, 8, true));
    machine.advance(REASSEMBLY_TIMEOUT - 1);
    expect(machine.stack.ip.reassembly.size).toBe(1);
    machine.advance(1);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-reassembly-timeout": 1 });
    expect(machine.sent.map(({ icmp }) => [icmp?.type, icmp?.code])).toEqual([[11, 1]]);
  });

  it("that lack the first are forgotten without a word (RFC 792)", () => {
    const { machine } = listening();
    machine.receiveIp(fragment(DATAGRAM, 8, 16, true));
    machine.advance(REASSEMBLY_TIMEOUT);
    expect(machine.stack.ip.reassembly.size).toBe(0);
    expect(machine.sent).toEqual([]);
  });

  it("of too many packets make the oldest give way", () => {
    const { machine } = listening();
    for (let i = 0; i <= MAX_REASSEMBLIES; i++) {
      const source = `10.0.0.${100 + i}`;
      machine.receiveIp(ipv4({ source, destination: OWN_IP, protocol: 17, fragment: MORE }, Buffer.alloc(8)));
    }
    expect(machine.stack.ip.reassembly.size).toBe(MAX_REASSEMBLIES);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-reassembly-full": 1 });
  });

  it("of one packet are limited in number", () => {
    const { machine } = listening();
    const packet = Buffer.alloc(20 + 16 * (MAX_FRAGMENTS + 2));
    packet[9] = 17;
    for (let i = 0; i <= MAX_FRAGMENTS; i++) machine.receiveIp(fragment(packet, 16 * i, 16 * i + 8, true));
    expect(machine.stack.counters.drops).toEqual({ "ipv4-reassembly-full": 1 });
    expect(machine.stack.ip.reassembly.size).toBe(0);
  });
});

describe("what does not fit into one packet", () => {
  it("leaves in fragments of one identification that end at multiples of 8 bytes", () => {
    const { machine } = listening();
    new machine.stack.io.UDP({}).write(Buffer.alloc(3000), PEER_IP, 53);
    machine.settle();
    const fragments = machine.sent.map(({ fragment: piece }) => piece!);
    expect(fragments.map(({ offset, hasMore, payload }) => [offset, hasMore, payload.length])).toEqual([
      [0, true, 1480],
      [1480, true, 1480],
      [2960, false, 48],
    ]);
    expect(new Set(fragments.map(({ identification }) => identification)).size).toBe(1);
  });

  it("arrives whole at another stack, whatever its length, and a ping of that length is answered", () => {
    fc.assert(
      fc.property(fc.nat(4000), fc.constantFrom(68, 576, 1500), (length, mtu) => {
        const simulation = new Simulation();
        const cable = new Cable(simulation, { name: "cable", mtu });
        const [one, two] = ["one", "two"].map((name, i) => {
          const host = new SimulatedHost(simulation, { name, cable });
          host.network.configure({
            address: Ipv4Address.parse(`10.0.0.${i + 1}`),
            prefixLength: 24,
            dns: [],
          });
          return host;
        }) as [SimulatedHost, SimulatedHost];
        const bytes = pattern(0, length);
        const read: Uint8Array[] = [];
        const replies: Uint8Array[] = [];
        new two.stack.io.UDP({
          port: 9,
          onReadable() {
            read.push(new Uint8Array(this.read()!));
          },
        });
        one.stack.icmp.onEchoReply = (_from, _identifier, _sequence, data) => replies.push(data);
        one.stack.icmp.sendEcho(Ipv4Address.parse("10.0.0.2"), 1, 1, new Uint8Array(1));
        simulation.advance("1s");
        one.stack.icmp.sendEcho(Ipv4Address.parse("10.0.0.2"), 1, 2, bytes);
        new one.stack.io.UDP({}).write(bytes, "10.0.0.2", 9);
        simulation.advance("1s");
        // More than MAX_FRAGMENTS pieces are refused.
        if (length + 8 > 48 * MAX_FRAGMENTS && mtu === 68) return;
        expect(read.map((data) => Buffer.from(data))).toEqual([Buffer.from(bytes)]);
        expect(replies.slice(1).map((data) => Buffer.from(data))).toEqual([Buffer.from(bytes)]);
      }),
    );
  });
});
