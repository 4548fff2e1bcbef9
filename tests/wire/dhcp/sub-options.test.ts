import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  DHCP_MAX_ELEMENTS,
  readDhcpSubOptions,
  readRelayAgent,
  writeDhcpSubOptions,
  type DhcpRawOption,
} from "../../../src/wire/index.js";
import { ascii, hex } from "./bytes.js";

describe("sub-options", () => {
  it("of a vendor may have pads between them, and END behind (RFC 2132 §8.4)", () => {
    expect(readDhcpSubOptions(hex("00 01 02 6869 00 02 00 ff 03 01 61"), true)).toEqual([
      { code: 1, value: ascii("hi") },
      { code: 2, value: hex("") },
    ]);
  });

  it("of others have no codes of their own (RFC 3046 §2.0)", () => {
    expect(readDhcpSubOptions(hex("00 01 61 ff 00"), false)).toEqual([
      { code: 0, value: ascii("a") },
      { code: 255, value: hex("") },
    ]);
  });

  it.each(["01", "01 02 61", "01 00 02"])("%s is cut off", (bytes) => {
    expect(readDhcpSubOptions(hex(bytes), true)).toBeUndefined();
  });

  it("are no more than a device has memory for", () => {
    expect(readDhcpSubOptions(new Uint8Array(2 * DHCP_MAX_ELEMENTS), false)).toHaveLength(DHCP_MAX_ELEMENTS);
    expect(readDhcpSubOptions(new Uint8Array(2 * DHCP_MAX_ELEMENTS + 2), false)).toBeUndefined();
  });

  it("come back as they were", () => {
    const some: fc.Arbitrary<DhcpRawOption[]> = fc.array(
      fc.record({ code: fc.integer({ min: 1, max: 254 }), value: fc.uint8Array({ maxLength: 255 }) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, fc.boolean(), (subOptions, padded) => {
        expect(readDhcpSubOptions(writeDhcpSubOptions(subOptions), padded)).toEqual(subOptions);
      }),
    );
  });
});

describe("a relay's information (RFC 3046 §3)", () => {
  it("tells circuit and remote host from the rest", () => {
    expect(readRelayAgent(hex("02 01 72  05 04 0a4d0000  01 01 63  01 01 64"))).toEqual({
      circuitId: ascii("c"),
      remoteId: ascii("r"),
      others: [
        { code: 5, value: hex("0a4d0000") },
        { code: 1, value: ascii("d") },
      ],
    });
  });

  it("may be anything", () => {
    expect(readRelayAgent(hex("97 01 61"))).toEqual({ others: [{ code: 0x97, value: ascii("a") }] });
    expect(readRelayAgent(hex("01 05 61"))).toBeUndefined();
  });
});
