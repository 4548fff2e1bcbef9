import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import {
  ARP_LENGTH,
  ARP_REPLY,
  ARP_REQUEST,
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  arpSenderIp,
  arpSenderMac,
  arpTargetIp,
  checkArp,
  checkEthernet,
  emitArp,
  emitEthernet,
  ethernetDestination,
  ethernetIsFor,
  ethernetIsGroup,
  ethernetSource,
  ethernetType,
  readArp,
  type ArpPacket,
} from "../../src/wire/index.js";
import { captured } from "./captures.js";

const mac = (text: string): MacAddress => MacAddress.parse(text);
const ip = (text: string): Ipv4Address => Ipv4Address.parse(text);
const A = mac("02:00:00:00:00:0a");
const B = mac("02:00:00:00:00:0b");

const anyMac = fc
  .bigInt({ min: 0n, max: 2n ** 48n - 1n })
  .map((value) => MacAddress.fromValue(Number(value)));
const anyIp = fc.nat(0xffff_ffff).map((value) => Ipv4Address.fromValue(value));

describe("an Ethernet frame", () => {
  it("is read as it was captured", () => {
    const frame = captured("arpRequest");
    expect(checkEthernet(frame.length)).toBeUndefined();
    expect(ethernetDestination(frame).isBroadcast).toBe(true);
    expect(ethernetSource(frame).equals(A)).toBe(true);
    expect(ethernetType(frame)).toBe(ETHER_TYPE_ARP);
    expect([ethernetIsGroup(frame), ethernetIsFor(frame, B)]).toEqual([true, false]);
    expect(ethernetType(captured("udp"))).toBe(ETHER_TYPE_IPV4);
    expect([ethernetIsGroup(captured("udp")), ethernetIsFor(captured("udp"), B)]).toEqual([false, true]);
  });

  it("is too short below 14 bytes", () => {
    expect(checkEthernet(13)).toBe("ethernet-truncated");
    expect(checkEthernet(14)).toBeUndefined();
  });

  it("is for a MAC exactly if that is its destination", () => {
    fc.assert(
      fc.property(anyMac, anyMac, anyMac, fc.nat(0xffff), fc.nat(47), (to, from, other, type, bit) => {
        const frame = new Uint8Array(14);
        emitEthernet(frame, to, from, type);
        expect(ethernetDestination(frame).equals(to)).toBe(true);
        expect(ethernetSource(frame).equals(from)).toBe(true);
        expect(ethernetType(frame)).toBe(type);
        expect(ethernetIsGroup(frame)).toBe(to.isMulticast);
        expect(ethernetIsFor(frame, to)).toBe(true);
        expect(ethernetIsFor(frame, other)).toBe(to.equals(other));
        frame[bit >> 3]! ^= 1 << (bit & 7);
        expect(ethernetIsFor(frame, to)).toBe(false);
      }),
    );
  });
});

describe("an ARP packet", () => {
  const REQUEST: ArpPacket = {
    operation: ARP_REQUEST,
    senderMac: A,
    senderIp: ip("192.0.2.1"),
    targetMac: MacAddress.fromValue(0),
    targetIp: ip("192.0.2.2"),
  };
  const REPLY: ArpPacket = {
    operation: ARP_REPLY,
    senderMac: B,
    senderIp: ip("192.0.2.2"),
    targetMac: A,
    targetIp: ip("192.0.2.1"),
  };

  it.each([
    ["arpRequest", REQUEST],
    ["arpReply", REPLY],
  ] as const)("is read and written as it was captured: %s", (name, packet) => {
    const frame = captured(name);
    expect(checkArp(frame, 14, frame.length)).toBeUndefined();
    expect(readArp(frame, 14)).toEqual(packet);
    expect(arpSenderMac(frame, 14)).toBe(packet.senderMac.value);
    expect(arpSenderIp(frame, 14)).toBe(packet.senderIp.value);
    expect(arpTargetIp(frame, 14)).toBe(packet.targetIp.value);
    const written = new Uint8Array(frame.length);
    emitEthernet(written, ethernetDestination(frame), ethernetSource(frame), ETHER_TYPE_ARP);
    emitArp(written, 14, packet);
    expect(written).toEqual(frame);
  });

  it.each([
    [1, "arp-unsupported"],
    [2, "arp-unsupported"],
    [4, "arp-unsupported"],
    [5, "arp-unsupported"],
    [6, "arp-operation"],
  ])("with another value in byte %i is refused: %s", (at, fault) => {
    const packet = captured("arpRequest").subarray(14);
    packet[at] = 9;
    expect(checkArp(packet, 0, packet.length)).toBe(fault);
  });

  it("is refused at any length below 28, and may be padded", () => {
    const packet = captured("arpRequest").subarray(14);
    for (let length = 0; length < ARP_LENGTH; length++)
      expect(checkArp(packet, 0, length)).toBe("arp-truncated");
    expect(checkArp(new Uint8Array([...packet, ...new Uint8Array(18)]), 0, 46)).toBeUndefined();
  });

  it("is read as it was written", () => {
    const anyPacket = fc.record({
      operation: fc.constantFrom<1 | 2>(ARP_REQUEST, ARP_REPLY),
      senderMac: anyMac,
      senderIp: anyIp,
      targetMac: anyMac,
      targetIp: anyIp,
    });
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const bytes = new Uint8Array(ARP_LENGTH);
        emitArp(bytes, 0, packet);
        expect(checkArp(bytes, 0, ARP_LENGTH)).toBeUndefined();
        expect(readArp(bytes, 0)).toEqual(packet);
      }),
    );
  });
});
