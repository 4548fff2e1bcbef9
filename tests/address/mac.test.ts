import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MacAddress } from "../../src/address/index.js";
import { anyText, expectTotal, nearly, refusal } from "./helpers.js";

const anyMac = fc.nat(2 ** 48 - 1).map((value) => MacAddress.fromValue(value));

describe("MacAddress", () => {
  it.each([
    "00:1A:2B:3C:4D:5E",
    "00:1a:2b:3c:4d:5e",
    "00-1A-2B-3C-4D-5E",
    "00-1a-2b-3c-4d-5e",
    "0:1a:2b:3c:4d:5e",
    "0-1a-2b-3c-4d-5e",
    "001a.2b3c.4d5e",
    "001A.2B3C.4D5E",
    "001a2b3c4d5e",
    "001A2B3C4D5E",
  ])("reads %s", (text) => {
    const mac = MacAddress.parse(text);
    expect(mac.value).toBe(0x001a2b3c4d5e);
    expect(mac.toString()).toBe("00:1A:2B:3C:4D:5E");
  });

  it("reads single digits everywhere", () => {
    expect(MacAddress.parse("1:2:3:4:5:f").toString()).toBe("01:02:03:04:05:0F");
  });

  it.each([
    ["", "address is empty"],
    ["00:1A:2B:3C:4D", "5 groups, not 6"],
    ["00:1A:2B:3C:4D:5E:6F", "more than 6 groups"],
    ["00:1A:2B:3C:4D:", "group is empty"],
    ["00:1A:2B:3C:4D:5G", 'group "5G" is not hexadecimal'],
    ["00:1A:2B:3C:4D:05E", "group has more than 2 digits"],
    ["00:1A:2B-3C:4D:5E", "5 groups, not 6"],
    ["01a.2b3c.4d5e", "group 01a has fewer than 4 digits"],
    ["001a.2b3c", "2 groups, not 3"],
    ["001a2b3c4d5", "address 001a2b3c4d5 has fewer than 12 digits"],
    ["001a2b3c4d5e6", "address has more than 12 digits"],
    ["001a2b3c4d5x", 'address "001a2b3c4d5x" is not hexadecimal'],
    [" 00:1A:2B:3C:4D:5E", "group has more than 2 digits"],
    ["0x1a2b3c4d5e", 'address "0x1a2b3c4d5e" is not hexadecimal'],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal((text) => MacAddress.parse(text), text)).toContain(`: ${reason} (EINVAL)`);
    expect(MacAddress.tryParse(text)).toBeUndefined();
  });

  it("refuses a value that is not 48 bits", () => {
    for (const value of [-1, 2 ** 48, 0.5, NaN]) expect(() => MacAddress.fromValue(value)).toThrow("48 bits");
  });

  it("reads and writes bytes in place", () => {
    const frame = Uint8Array.of(0xee, 0xfe, 0x1a, 0x2b, 0x8c, 0x4d, 0x5e, 0xee);
    const mac = MacAddress.read(frame, 1);
    expect(mac.toString()).toBe("FE:1A:2B:8C:4D:5E");
    const copy = new Uint8Array(8).fill(0xee);
    mac.write(copy, 1);
    expect(copy).toEqual(frame);
  });

  it.each([
    ["FF:FF:FF:FF:FF:FF", { broadcast: true, multicast: true, local: true }],
    ["01:00:5E:00:00:01", { broadcast: false, multicast: true, local: false }],
    ["33:33:00:00:00:01", { broadcast: false, multicast: true, local: true }],
    ["02:00:00:00:00:01", { broadcast: false, multicast: false, local: true }],
    ["00:1A:2B:3C:4D:5E", { broadcast: false, multicast: false, local: false }],
  ])("classifies %s", (text, expected) => {
    const mac = MacAddress.parse(text);
    expect({
      broadcast: mac.isBroadcast,
      multicast: mac.isMulticast,
      local: mac.isLocallyAdministered,
    }).toEqual(expected);
  });

  it("has a frozen broadcast address", () => {
    expect(Object.isFrozen(MacAddress.broadcast)).toBe(true);
    expect(MacAddress.broadcast.equals(MacAddress.parse("ffffffffffff"))).toBe(true);
  });

  it("is the same after bytes and after text", () => {
    fc.assert(
      fc.property(anyMac, fc.nat(9), (mac, offset) => {
        const bytes = new Uint8Array(16);
        mac.write(bytes, offset);
        expect(MacAddress.read(bytes, offset).value).toBe(mac.value);
        expect(MacAddress.parse(mac.toString()).value).toBe(mac.value);
      }),
    );
  });

  it("never fails otherwise than with EINVAL", () => {
    const texts = fc.oneof(anyText, nearly(anyMac.map(String)));
    expectTotal(MacAddress, texts, (a, b) => a.equals(b));
  });
});
