import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_SHOWN_NETWORKS, foundNetwork, type FoundNetwork } from "../../../src/device/setup/index.js";
import { bars, networksToShow } from "../../../src/device/setup/found-networks.js";
import { encodeUtf8 } from "../../../src/host/index.js";

const network = (ssid: string, rssi: number, secured = true): FoundNetwork =>
  foundNetwork(encodeUtf8(ssid), rssi, secured);

describe("the networks to choose from", () => {
  it("are there once each, the strongest first", () => {
    const found = [
      network("weak", -80),
      network("home", -70),
      network("home", -40, false),
      network("home", -60),
    ];
    expect(networksToShow(found)).toEqual([network("home", -40, false), network("weak", -80)]);
  });

  it("have names: a hidden one can only be typed", () => {
    expect(networksToShow([network("", -30), network("<b>", -40)])).toEqual([network("<b>", -40)]);
  });

  it("come before those that can't be chosen, and are not mistaken for them", () => {
    const odd = foundNetwork(Uint8Array.of(0x63, 0xff), -20, false);
    const same = network("c\ufffd", -60);
    expect(networksToShow([odd, same])).toEqual([same, odd]);
  });

  it("are as many as fit the page", () => {
    const found = Array.from({ length: 200 }, (_, index) => network(`n${index}`, -index));
    const odd = Array.from({ length: 200 }, (_, index) => network(`\n${index}`, 0));
    expect(networksToShow([...odd, ...found])).toEqual(found.slice(0, MAX_SHOWN_NETWORKS));
  });

  it.each([
    [-30, 4],
    [-60, 3],
    [-75, 2],
    [-90, 1],
  ])("of %i dBm have %i bars", (rssi, count) => {
    expect(bars(rssi)).toBe(count);
  });
});

describe("a network's name", () => {
  it.each([
    ["home", "home", undefined],
    ["\u{1f600}".repeat(8), "\u{1f600}".repeat(8), undefined],
    ["\u202etxt", "\u202etxt", undefined],
    ["a\nb\0\x7f", "a\u240ab\u2400\u2421", "the name has control characters"],
  ])("%j is shown as %j", (name, ssid, problem) => {
    expect(network(name, -50)).toEqual({
      ssid,
      rssi: -50,
      secured: true,
      ...(problem !== undefined && { problem }),
    });
  });

  it.each([
    ["of Latin-1", [0x63, 0x61, 0x66, 0xe9], "caf\ufffd"],
    ["of Shift JIS", [0x83, 0x65], "\ufffde"],
    ["cut off in a character", [0x61, 0xf0, 0x9f, 0x98], "a\ufffd"],
    ["with a surrogate", [0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
  ])("%s can't be chosen", (_, bytes, ssid) => {
    const problem = "the name is not UTF-8";
    expect(foundNetwork(Uint8Array.from(bytes), -50, true)).toEqual({
      ssid,
      rssi: -50,
      secured: true,
      problem,
    });
  });

  it("can be chosen exactly if what is shown of it is what it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), (bytes) => {
        const { problem, ssid } = foundNetwork(bytes, -50, true);
        expect(Buffer.from(ssid).equals(bytes)).toBe(problem === undefined);
        // eslint-disable-next-line no-control-regex -- none of them gets onto a page
        expect(ssid).not.toMatch(/[\0-\x1f\x7f]/);
      }),
    );
  });
});
