import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import { BROADCAST, icmp, ipv4, udp } from "../support/build.js";
import { Machine, OWN_IP, PEER_IP, PEER_MAC } from "../support/machine.js";
import type { ReadIcmp } from "../support/read.js";

const DATA = Buffer.from("abcdefghi");
const FROM_PEER = { source: PEER_IP, destination: OWN_IP };

/** The ICMP messages sent since the last time. */
function heard(machine: Machine): ReadIcmp[] {
  return machine.sent.splice(0).map((frame) => frame.icmp!);
}

describe("an echo request (RFC 792, RFC 1122 §3.2.2.6)", () => {
  it("is answered with the same identifier, sequence number and data", () => {
    const machine = new Machine();
    machine.receiveIp(icmp(FROM_PEER, 8, 0, 0x1234_0007, DATA));
    const [frame] = machine.sent;
    expect(frame).toMatchObject({ to: PEER_MAC, source: OWN_IP, destination: PEER_IP, ttl: 64 });
    expect(frame!.icmp).toEqual({ type: 0, code: 0, rest: 0x1234_0007, data: DATA });
    expect(machine.stack.counters).toMatchObject({ icmpInMsgs: 1, icmpOutMsgs: 1 });
  });

  it.each<[string, Uint8Array, string]>([
    [
      "to a broadcast address",
      icmp({ source: PEER_IP, destination: "10.0.0.255" }, 8, 0, 0, DATA),
      BROADCAST,
    ],
    ["in a broadcast frame", icmp(FROM_PEER, 8, 0, 0, DATA), BROADCAST],
    ["from a broadcast address", icmp({ source: "10.0.0.255", destination: OWN_IP }, 8, 0, 0, DATA), ""],
    ["from nobody", icmp({ source: "0.0.0.0", destination: OWN_IP }, 8, 0, 0, DATA), ""],
  ])("is not answered %s", (_, packet, to) => {
    const machine = new Machine({ gateway: PEER_IP });
    if (to === "") machine.receiveIp(packet);
    else machine.receiveIp(packet, to);
    expect(machine.sent).toEqual([]);
  });

  it("is dropped with a bad checksum, or cut short", () => {
    const machine = new Machine();
    const bad = Buffer.from(icmp(FROM_PEER, 8, 0, 0, DATA));
    bad[25] = 0x99;
    machine.receiveIp(bad);
    machine.receiveIp(ipv4({ ...FROM_PEER, protocol: 1 }, Buffer.alloc(7)));
    expect(machine.sent).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({
      "icmpv4-checksum": 1,
      "icmpv4-truncated": 1,
    });
  });
});

describe("pinging", () => {
  it("sends requests, and tells of the answers in the next poll", () => {
    const machine = new Machine();
    const replies: unknown[] = [];
    machine.stack.icmp.onEchoReply = (from, identifier, sequence, data, now) =>
      replies.push([from.toString(), identifier, sequence, Buffer.from(data).toString(), now]);
    machine.stack.icmp.sendEcho(Ipv4Address.parse(PEER_IP), 7, 0x1_0001, DATA);
    machine.settle();
    expect(heard(machine)).toEqual([{ type: 8, code: 0, rest: 0x0007_0001, data: DATA }]);
    machine.advance(3);
    machine.whileNotPolled(() => {
      machine.receiveIp(icmp(FROM_PEER, 0, 0, 0x0007_0001, DATA));
      expect(replies).toEqual([]);
    });
    expect(replies).toEqual([[PEER_IP, 7, 1, "abcdefghi", 3]]);
  });

  it("fails where there is no way, or with too much data", () => {
    const { icmp: pinger } = new Machine().stack;
    expect(() => pinger.sendEcho(Ipv4Address.parse("8.8.8.8"), 1, 1, DATA)).toThrow(/ENETUNREACH/);
    expect(() => pinger.sendEcho(Ipv4Address.parse(PEER_IP), 1, 1, Buffer.alloc(65_508))).toThrow(/EMSGSIZE/);
  });
});

describe("destination unreachable (RFC 1122 §3.2.2.1)", () => {
  it("tells of a closed UDP port, quoting as much as fits into 576 bytes (RFC 1812 §4.3.2.3)", () => {
    const machine = new Machine();
    const packet = udp(FROM_PEER, 1000, 9, DATA);
    const large = udp(FROM_PEER, 1000, 9, Buffer.alloc(1000, 1));
    machine.receiveIp(packet);
    machine.receiveIp(large);
    expect(heard(machine)).toEqual([
      { type: 3, code: 3, rest: 0, data: Buffer.from(packet) },
      { type: 3, code: 3, rest: 0, data: Buffer.from(large.subarray(0, 548)) },
    ]);
  });

  it("tells of an unknown protocol", () => {
    const machine = new Machine();
    const packet = ipv4({ ...FROM_PEER, protocol: 132 }, DATA);
    machine.receiveIp(packet);
    expect(heard(machine)).toEqual([{ type: 3, code: 2, rest: 0, data: Buffer.from(packet) }]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-protocol": 1 });
  });

  it.each<[string, Uint8Array, string | undefined]>([
    ["a broadcast", udp({ source: PEER_IP, destination: "10.0.0.255" }, 1000, 9, DATA), undefined],
    ["a multicast", udp({ source: PEER_IP, destination: "224.0.0.1" }, 1000, 9, DATA), undefined],
    ["a packet in a broadcast frame", udp(FROM_PEER, 1000, 9, DATA), BROADCAST],
    ["a sender without address", udp({ source: "0.0.0.0", destination: OWN_IP }, 1000, 9, DATA), undefined],
    [
      "a broadcast address as sender",
      udp({ source: "10.0.0.255", destination: OWN_IP }, 1000, 9, DATA),
      undefined,
    ],
    [
      "a protocol that broadcasts",
      ipv4({ source: PEER_IP, destination: "10.0.0.255", protocol: 99 }, DATA),
      undefined,
    ],
    ["another ICMP error", icmp(FROM_PEER, 3, 3, 0, udp(FROM_PEER, 1, 2, DATA)), undefined],
    ["an unknown ICMP type", icmp(FROM_PEER, 42, 0, 0, DATA), undefined],
  ])("is never the answer to %s (§3.2.2)", (_, packet, to) => {
    const machine = new Machine({ gateway: PEER_IP });
    machine.receiveIp(packet, to);
    expect(machine.sent).toEqual([]);
  });

  it("is sent 20 times at once and 100 times a second at most", () => {
    const machine = new Machine();
    const burst = (): number => {
      for (let i = 0; i < 50; i++) machine.receiveIp(udp(FROM_PEER, 1000, 9, DATA));
      return heard(machine).length;
    };
    expect(burst()).toBe(20);
    machine.advance(100);
    expect(burst()).toBe(10);
    expect(machine.stack.counters.drops["icmpv4-rate-limit"]).toBe(70);
  });
});
