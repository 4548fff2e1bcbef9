import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  IPV4_HEADER_LENGTH,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  addToChecksum,
  checkIpv4,
  emitIpv4,
  finishChecksum,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFirstFragment,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4PseudoSum,
  ipv4Source,
  ipv4TimeToLive,
  ipv4TotalLength,
} from "../../src/wire/index.js";
import { internetChecksum, pseudoHeader } from "../stack/support/checksum.js";
import { IP_AT, captured } from "./captures.js";

describe("an IPv4 header (RFC 791 §3.1)", () => {
  it.each([
    ["echoRequest", 36, PROTOCOL_ICMP, 0xc000_0201, 0xc000_0202],
    ["synAck", 60, PROTOCOL_TCP, 0xc000_0202, 0xc000_0201],
    ["udp", 35, PROTOCOL_UDP, 0xc000_0201, 0xc000_0202],
    ["portUnreachable", 63, PROTOCOL_ICMP, 0xc000_0202, 0xc000_0201],
  ] as const)("is read as it was captured: %s", (name, length, protocol, source, destination) => {
    const frame = captured(name);
    expect(checkIpv4(frame, IP_AT, frame.length, true)).toBeUndefined();
    expect(ipv4HeaderLength(frame, IP_AT)).toBe(20);
    expect(ipv4TotalLength(frame, IP_AT)).toBe(length);
    expect(ipv4TimeToLive(frame, IP_AT)).toBe(64);
    expect(ipv4Protocol(frame, IP_AT)).toBe(protocol);
    expect([ipv4Source(frame, IP_AT), ipv4Destination(frame, IP_AT)]).toEqual([source, destination]);
    expect(ipv4IsFragment(frame, IP_AT)).toBe(false);
    expect(ipv4IsFirstFragment(frame, IP_AT)).toBe(true);
  });

  it("is written as Linux wrote it, for a SYN-ACK of identification 0", () => {
    const frame = captured("synAck");
    const written = new Uint8Array(frame);
    written.fill(0xee, IP_AT, IP_AT + IPV4_HEADER_LENGTH);
    emitIpv4(written, IP_AT, 40, 64, PROTOCOL_TCP, 0xc000_0202, 0xc000_0201, true);
    expect(written).toEqual(frame);
  });

  it("is cut off at every length and refused", () => {
    const frame = captured("udp");
    for (let end = IP_AT; end < frame.length; end++) {
      expect(checkIpv4(frame, IP_AT, end, true)).toBe(
        end < IP_AT + IPV4_HEADER_LENGTH ? "ipv4-truncated" : "ipv4-total-length",
      );
    }
  });

  it("tells fragments from whole packets, and the first from the others", () => {
    const cases = [
      [0x0000, false, true],
      [0x4000, false, true],
      [0x2000, true, true],
      [0x2001, true, false],
      [0x1fff, true, false],
      [0x0001, true, false],
    ] as const;
    for (const [field, isFragment, isFirst] of cases) {
      const bytes = Uint8Array.of(0x45, 0, 0, 20, 0, 0, field >> 8, field & 255);
      expect([ipv4IsFragment(bytes, 0), ipv4IsFirstFragment(bytes, 0)]).toEqual([isFragment, isFirst]);
    }
  });

  it("is read as it was written, at any place", () => {
    const u32 = fc.nat(0xffff_ffff);
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.nat(1480),
        fc.nat(255),
        fc.nat(255),
        u32,
        u32,
        (at, payload, ttl, protocol, source, destination) => {
          const bytes = new Uint8Array(at + 20 + payload);
          emitIpv4(bytes, at, payload, ttl, protocol, source, destination, true);
          expect(checkIpv4(bytes, at, bytes.length, true)).toBeUndefined();
          expect(internetChecksum(bytes.subarray(at, at + 20))).toBe(0);
          expect(ipv4TotalLength(bytes, at)).toBe(20 + payload);
          expect([ipv4TimeToLive(bytes, at), ipv4Protocol(bytes, at)]).toEqual([ttl, protocol]);
          expect([ipv4Source(bytes, at), ipv4Destination(bytes, at)]).toEqual([source, destination]);
        },
      ),
    );
  });

  it("leaves the checksum to a link that computes it, and does not verify what one has verified", () => {
    const bytes = new Uint8Array(20);
    emitIpv4(bytes, 0, 0, 64, PROTOCOL_UDP, 1, 2, false);
    expect([bytes[10], bytes[11]]).toEqual([0, 0]);
    expect(checkIpv4(bytes, 0, 20, true)).toBe("ipv4-checksum");
    expect(checkIpv4(bytes, 0, 20, false)).toBeUndefined();
  });

  it("is checked without an error, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, verify) => {
        if (checkIpv4(bytes, 0, bytes.length, verify) !== undefined) return;
        expect(ipv4HeaderLength(bytes, 0)).toBeGreaterThanOrEqual(20);
        expect(ipv4TotalLength(bytes, 0)).toBeGreaterThanOrEqual(ipv4HeaderLength(bytes, 0));
        expect(ipv4TotalLength(bytes, 0)).toBeLessThanOrEqual(bytes.length);
      }),
      { examples: [[captured("udp").subarray(IP_AT), true]] },
    );
  });
});

describe("the pseudo-header (RFC 9293 §3.1)", () => {
  it("sums up to what its twelve bytes do", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.nat(0xffff), (source, destination, length) => {
        const dotted = (value: number) =>
          [value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255).join(".");
        expect(
          finishChecksum(
            addToChecksum(ipv4PseudoSum(source, destination, 6, length), new Uint8Array(0), 0, 0),
          ),
        ).toBe(internetChecksum(pseudoHeader(dotted(source), dotted(destination), 6, length)));
      }),
    );
  });
});
