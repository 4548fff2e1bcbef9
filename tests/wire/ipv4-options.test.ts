import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  checkIpv4,
  checkIpv4Options,
  copyIpv4HeaderForFragment,
  decrementIpv4TimeToLive,
  ipv4HasRouterAlert,
  ipv4HeaderLength,
  ipv4OptionsProblem,
  ipv4TimeToLive,
} from "../../src/wire/index.js";
import { ipv4 } from "../stack/support/build.js";
import { internetChecksum } from "../stack/support/checksum.js";

const ENDS = { source: "10.0.0.9", destination: "10.0.0.1", protocol: 17 };

function header(options: readonly number[], ttl = 64): Uint8Array {
  return ipv4({ ...ENDS, options, ttl }, new Uint8Array(0));
}

describe("IPv4 options (RFC 791 §3.1)", () => {
  it.each<[string, number[]]>([
    ["none", []],
    ["no operations", [1, 1, 1, 1]],
    ["an end, and anything behind it", [1, 0, 131, 9]],
    ["Router Alert", [0x94, 4, 0, 0]],
    ["Record Route", [7, 7, 4, 0, 0, 0, 0, 0]],
    ["an unknown one", [0x5e, 4, 1, 2]],
    ["one of two bytes", [0x5e, 2, 0x5e, 2]],
  ])("are good: %s", (_, options) => {
    expect(checkIpv4Options(header(options), 0)).toBeUndefined();
  });

  it.each<[string, number[], number]>([
    ["without a length", [1, 1, 1, 7], 23],
    ["of length 0", [7, 0, 0, 0], 20],
    ["of length 1", [1, 7, 1, 0], 21],
    ["longer than the header", [1, 1, 7, 3], 22],
  ])("are bad: one %s", (_, options, pointer) => {
    const bytes = header(options);
    expect(checkIpv4Options(bytes, 0)).toBe("ipv4-options");
    expect(ipv4OptionsProblem(bytes, 0)).toBe(pointer);
  });

  it.each([131, 137])("that are a source route are told apart: type %i", (type) => {
    expect(checkIpv4Options(header([1, type, 7, 4, 8, 8, 8, 8]), 0)).toBe("ipv4-source-route");
  });

  it.each<[number[], boolean]>([
    [[0x94, 4, 0, 0], true],
    [[1, 1, 7, 6, 0x94, 4, 0, 0], false],
    [[0, 0x94, 4, 0], false],
    [[1, 0x5e, 3, 9, 0x94, 4, 0, 0], true],
  ])("ask routers to look: %j, %s", (options, expected) => {
    expect(ipv4HasRouterAlert(header(options), 0)).toBe(expected);
  });

  it("are copied to fragments where they say so, and padded", () => {
    const to = new Uint8Array(80).fill(0xee);
    const from = header([7, 4, 4, 0, 0x82, 3, 9, 1, 0x94, 4, 0, 0]);
    expect(copyIpv4HeaderForFragment(from, 0, to, 10)).toBe(28);
    expect([...to.subarray(30, 38)]).toEqual([0x82, 3, 9, 0x94, 4, 0, 0, 0]);
  });

  it("of any bytes are checked without a throw; what passes can be copied", () => {
    const any = fc
      .array(fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4, 131, 148)), { maxLength: 40 })
      .map((bytes) => bytes.slice(0, bytes.length & ~3));
    fc.assert(
      fc.property(any, (options) => {
        const bytes = header(options);
        const fault = checkIpv4Options(bytes, 0);
        const pointer = ipv4OptionsProblem(bytes, 0);
        expect(pointer).toBeLessThanOrEqual(bytes.length);
        if (fault === "ipv4-options") expect(pointer).toBeLessThan(bytes.length);
        if (fault !== undefined) return;
        ipv4HasRouterAlert(bytes, 0);
        const to = new Uint8Array(60);
        const length = copyIpv4HeaderForFragment(bytes, 0, to, 0);
        expect(length).toBeLessThanOrEqual(ipv4HeaderLength(bytes, 0));
      }),
    );
  });
});

describe("one hop less (RFC 1624)", () => {
  it("keeps the checksum good, whatever the header says", () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff_ffff),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(255),
        (word, ttl, protocol) => {
          const source = [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join(".");
          const bytes = ipv4({ ...ENDS, source, ttl, protocol }, new Uint8Array(0));
          decrementIpv4TimeToLive(bytes, 0);
          expect(ipv4TimeToLive(bytes, 0)).toBe(ttl - 1);
          expect(internetChecksum(bytes)).toBe(0);
          expect(checkIpv4(bytes, 0, bytes.length, true)).toBeUndefined();
        },
      ),
    );
  });
});
