import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  ICMPV4_ECHO_REPLY,
  ICMPV4_ECHO_REQUEST,
  ICMPV4_HEADER_LENGTH,
  ICMPV4_UNREACHABLE,
  UNREACHABLE_PORT,
  checkIcmpv4,
  emitIcmpv4,
  icmpv4Code,
  icmpv4Identifier,
  icmpv4Sequence,
  icmpv4Type,
} from "../../src/wire/index.js";
import { internetChecksum } from "../stack/support/checksum.js";
import { TRANSPORT_AT, captured } from "./captures.js";

describe("an ICMP message (RFC 792)", () => {
  it.each([
    ["echoRequest", ICMPV4_ECHO_REQUEST, 0, 0x3c7e, 1],
    ["echoReply", ICMPV4_ECHO_REPLY, 0, 0x3c7e, 1],
    ["portUnreachable", ICMPV4_UNREACHABLE, UNREACHABLE_PORT, 0, 0],
  ] as const)("is read and written as it was captured: %s", (name, type, code, identifier, sequence) => {
    const frame = captured(name);
    expect(checkIcmpv4(frame, TRANSPORT_AT, frame.length, true)).toBeUndefined();
    expect([icmpv4Type(frame, TRANSPORT_AT), icmpv4Code(frame, TRANSPORT_AT)]).toEqual([type, code]);
    expect(icmpv4Identifier(frame, TRANSPORT_AT)).toBe(identifier);
    expect(icmpv4Sequence(frame, TRANSPORT_AT)).toBe(sequence);
    const written = new Uint8Array(frame).fill(0xee, TRANSPORT_AT, TRANSPORT_AT + ICMPV4_HEADER_LENGTH);
    const length = frame.length - TRANSPORT_AT;
    emitIcmpv4(written, TRANSPORT_AT, type, code, (identifier << 16) | sequence, length, true);
    expect(written).toEqual(frame);
  });

  it("is refused when cut off, or with a flipped bit", () => {
    const frame = captured("echoRequest");
    for (let end = TRANSPORT_AT; end < frame.length; end++) {
      const fault = checkIcmpv4(frame, TRANSPORT_AT, end, true);
      expect(fault).toBe(end < TRANSPORT_AT + 8 ? "icmpv4-truncated" : "icmpv4-checksum");
    }
    for (let at = TRANSPORT_AT; at < frame.length; at++) {
      const changed = new Uint8Array(frame);
      changed[at]! ^= 0x10;
      expect(checkIcmpv4(changed, TRANSPORT_AT, frame.length, true)).toBe("icmpv4-checksum");
      expect(checkIcmpv4(changed, TRANSPORT_AT, frame.length, false)).toBeUndefined();
    }
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(255),
        fc.nat(0xffff_ffff),
        fc.uint8Array({ maxLength: 99 }),
        (type, code, rest, data) => {
          const bytes = Uint8Array.from([...new Uint8Array(8), ...data]);
          emitIcmpv4(bytes, 0, type, code, rest, bytes.length, true);
          expect(checkIcmpv4(bytes, 0, bytes.length, true)).toBeUndefined();
          expect(internetChecksum(bytes)).toBe(0);
          expect([icmpv4Type(bytes, 0), icmpv4Code(bytes, 0)]).toEqual([type, code]);
          expect(((icmpv4Identifier(bytes, 0) << 16) | icmpv4Sequence(bytes, 0)) >>> 0).toBe(rest);
        },
      ),
    );
  });
});
