import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  ETHERNET_HEADER_LENGTH,
  IGMPV2_LEAVE,
  IGMPV2_REPORT,
  IGMP_QUERY,
  PROTOCOL_IGMP,
  addRouterAlert,
  checkIgmp,
  emitIgmp,
  emitIgmpRecord,
  emitIgmpReport,
  emitIpv4,
  igmpGroup,
  igmpMaxResponseTime,
  igmpQueryInterval,
  igmpQueryVersion,
  igmpRobustness,
  igmpSource,
  igmpSourceCount,
  igmpType,
} from "../../src/wire/index.js";
import { internetChecksum } from "../stack/support/checksum.js";

const IP_AT = ETHERNET_HEADER_LENGTH;
const IGMP_AT = IP_AT + 24;
const GROUP = 0xef01_0203;
const HOST = 0x0a00_0009;

/** What Linux 6 says as a member of 239.1.2.3, as tshark recorded it: source MAC and all. */
const JOIN = frame(
  "01005e000016 1613dd24dbba 0800 46c00028 00004000 0102f9f0 0a000009 e0000016 94040000 2200e8f900000001 04000000ef010203",
);
const LEAVE = frame(
  "01005e000016 1613dd24dbba 0800 46c00028 00004000 0102f9f0 0a000009 e0000016 94040000 2200e9f900000001 03000000ef010203",
);
const REPORT2 = frame(
  "01005e010203 1613dd24dbba 0800 46c00020 00004000 0102e90a 0a000009 ef010203 94040000 1600f8faef010203",
);
const LEAVE2 = frame(
  "01005e000002 1613dd24dbba 0800 46c00020 00004000 0102fa0c 0a000009 e0000002 94040000 1700f7faef010203",
);

function frame(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

/** The frame with all behind Ethernet's header spoiled, and written again. */
function rewritten(
  original: Uint8Array,
  destination: number,
  write: (bytes: Uint8Array) => void,
): Uint8Array {
  const bytes = new Uint8Array(original).fill(0xee, IP_AT);
  write(bytes);
  emitIpv4(bytes, IP_AT, original.length - IGMP_AT, 1, PROTOCOL_IGMP, HOST, destination, false, 0xc0);
  addRouterAlert(bytes, IP_AT, true);
  return bytes;
}

describe("an IGMP message", () => {
  it.each([
    [JOIN, CHANGE_TO_EXCLUDE],
    [LEAVE, CHANGE_TO_INCLUDE],
  ])("of version 3 is written as Linux writes it (RFC 3376 §4.2)", (original, type) => {
    const written = rewritten(original, 0xe000_0016, (bytes) => {
      expect(emitIgmpRecord(bytes, IGMP_AT + 8, type, GROUP, [])).toBe(8);
      emitIgmpReport(bytes, IGMP_AT, 1, 16);
    });
    expect(written).toEqual(original);
    expect(checkIgmp(original, IGMP_AT, original.length)).toBeUndefined();
  });

  it.each([
    [REPORT2, IGMPV2_REPORT, GROUP],
    [LEAVE2, IGMPV2_LEAVE, 0xe000_0002],
  ])("of version 2 is read and written as Linux writes it (RFC 2236 §2)", (original, type, destination) => {
    expect(rewritten(original, destination, (bytes) => emitIgmp(bytes, IGMP_AT, type, GROUP))).toEqual(
      original,
    );
    expect(checkIgmp(original, IGMP_AT, original.length)).toBeUndefined();
    expect([igmpType(original, IGMP_AT), igmpGroup(original, IGMP_AT)]).toEqual([type, GROUP]);
  });

  it("with sources is as long as it says", () => {
    const bytes = new Uint8Array(32);
    expect(emitIgmpRecord(bytes, 8, 1, GROUP, [1, 0xffff_ffff])).toBe(16);
    expect(Buffer.from(bytes.subarray(8, 24)).toString("hex")).toBe("01000002ef01020300000001ffffffff");
  });

  it("is refused when cut off, or with a flipped bit", () => {
    for (let end = IGMP_AT; end < JOIN.length; end++)
      expect(checkIgmp(JOIN, IGMP_AT, end)).toBe(end < IGMP_AT + 8 ? "igmp-truncated" : "igmp-checksum");
    for (let at = IGMP_AT; at < JOIN.length; at++) {
      const changed = new Uint8Array(JOIN);
      changed[at]! ^= 0x10;
      expect(checkIgmp(changed, IGMP_AT, JOIN.length)).toBe("igmp-checksum");
    }
  });

  it("of any bytes is checked without a throw, and what passes is read without one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 40 }), (bytes) => {
        bytes[0] = IGMP_QUERY;
        bytes.fill(0, 2, 4);
        bytes.set([internetChecksum(bytes) >> 8, internetChecksum(bytes) & 255], 2);
        const fault = checkIgmp(bytes, 0, bytes.length);
        if (fault !== undefined || igmpQueryVersion(bytes, 0, bytes.length) !== 3) return;
        const count = igmpSourceCount(bytes, 0);
        expect(12 + 4 * count).toBeLessThanOrEqual(bytes.length);
        for (let i = 0; i < count; i++) expect(igmpSource(bytes, 0, i)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a query", () => {
  const query = (...bytes: number[]): Uint8Array => Uint8Array.from([IGMP_QUERY, ...bytes]);

  it.each([
    [1, 8, 0],
    [2, 8, 100],
    [3, 12, 100],
  ] as const)("is of version %i with %i bytes and the code %i (RFC 3376 §7.1)", (version, length, code) => {
    const bytes = new Uint8Array(length);
    bytes.set(query(code));
    expect(igmpQueryVersion(bytes, 0, length)).toBe(version);
  });

  it.each([
    [3, 127, 12_700],
    [3, 128, 12_800],
    [3, 255, 3_174_400],
    [3, 0x9d, 46_400],
    [2, 255, 25_500],
    [1, 0, 10_000],
  ] as const)("of version %i with the code %i gives %i ms for an answer (§4.1.1)", (version, code, time) => {
    expect(igmpMaxResponseTime(query(code), 0, version)).toBe(time);
  });

  it("tells of its querier (§4.1.6 and §4.1.7)", () => {
    const bytes = query(0, 0, 0, 0, 0, 0, 0, 0x0d, 125, 0, 0);
    expect([igmpRobustness(bytes, 0), igmpQueryInterval(bytes, 0)]).toEqual([5, 125_000]);
  });
});
