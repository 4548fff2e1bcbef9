import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  PROTOCOL_UDP,
  UDP_HEADER_LENGTH,
  checkUdp,
  emitUdp,
  ipv4PseudoSum,
  udpDestinationPort,
  udpLength,
  udpSourcePort,
} from "../../src/wire/index.js";
import { TRANSPORT_AT, captured } from "./captures.js";

const SUM = ipv4PseudoSum(0xc000_0201, 0xc000_0202, PROTOCOL_UDP, 0);

describe("a UDP datagram (RFC 768)", () => {
  it("is read and written as it was captured", () => {
    const frame = captured("udp");
    expect(checkUdp(frame, TRANSPORT_AT, frame.length, SUM)).toBeUndefined();
    expect(udpSourcePort(frame, TRANSPORT_AT)).toBe(0xac6e);
    expect(udpDestinationPort(frame, TRANSPORT_AT)).toBe(9);
    expect(udpLength(frame, TRANSPORT_AT)).toBe(15);
    const written = new Uint8Array(frame).fill(0xee, TRANSPORT_AT, TRANSPORT_AT + UDP_HEADER_LENGTH);
    emitUdp(written, TRANSPORT_AT, 0xac6e, 9, 15, SUM);
    expect(written).toEqual(frame);
  });

  it("is refused when cut off", () => {
    const frame = captured("udp");
    for (let end = TRANSPORT_AT; end < frame.length; end++) {
      expect(checkUdp(frame, TRANSPORT_AT, end, SUM)).toBe(
        end < TRANSPORT_AT + UDP_HEADER_LENGTH ? "udp-truncated" : "udp-length",
      );
    }
  });

  it.each([
    [0, "udp-length"],
    [7, "udp-length"],
    [16, "udp-length"],
    [14, "udp-checksum"],
  ])("is refused with a length field of %i: %s", (length, fault) => {
    const frame = captured("udp");
    frame[TRANSPORT_AT + 5] = length;
    expect(checkUdp(frame, TRANSPORT_AT, frame.length, SUM)).toBe(fault);
  });

  it("may have no checksum, but not a wrong one", () => {
    const frame = captured("udp");
    frame.fill(0, TRANSPORT_AT + 6, TRANSPORT_AT + 8);
    expect(checkUdp(frame, TRANSPORT_AT, frame.length, SUM)).toBeUndefined();
    frame[TRANSPORT_AT + 7] = 1;
    expect(checkUdp(frame, TRANSPORT_AT, frame.length, SUM)).toBe("udp-checksum");
    expect(checkUdp(frame, TRANSPORT_AT, frame.length, undefined)).toBeUndefined();
  });

  it("never says that it has no checksum where one was computed", () => {
    // Over an empty pseudo-header these bytes add up to all ones, whose complement is zero.
    const bytes = new Uint8Array(8);
    emitUdp(bytes, 0, 0xffff - 8 - 8, 0, 8, 0);
    expect([bytes[6], bytes[7]]).toEqual([0xff, 0xff]);
    expect(checkUdp(bytes, 0, 8, 0)).toBeUndefined();
  });

  it("is read as it was written, and never throws", () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(0xffff),
        fc.uint8Array({ maxLength: 99 }),
        fc.nat(0xffff),
        (from, to, data, sum) => {
          const bytes = Uint8Array.from([...new Uint8Array(8), ...data]);
          emitUdp(bytes, 0, from, to, bytes.length, sum);
          expect(checkUdp(bytes, 0, bytes.length, sum)).toBeUndefined();
          expect([udpSourcePort(bytes, 0), udpDestinationPort(bytes, 0), udpLength(bytes, 0)]).toEqual([
            from,
            to,
            bytes.length,
          ]);
          if (checkUdp(data, 0, data.length, sum) === undefined)
            expect(udpLength(data, 0)).toBeLessThanOrEqual(data.length);
        },
      ),
    );
  });
});
