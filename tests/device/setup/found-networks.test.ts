import { describe, expect, it } from "@jest/globals";
import { MAX_SHOWN_NETWORKS, type FoundNetwork } from "../../../src/device/setup/index.js";
import { bars, choosable } from "../../../src/device/setup/found-networks.js";

const network = (ssid: string, rssi: number, secured = true): FoundNetwork => ({ ssid, rssi, secured });

describe("the networks to choose from", () => {
  it("are there once each, the strongest first", () => {
    const found = [
      network("weak", -80),
      network("home", -70),
      network("home", -40, false),
      network("home", -60),
    ];
    expect(choosable(found)).toEqual([network("home", -40, false), network("weak", -80)]);
  });

  it("have names that a form brings back", () => {
    expect(
      choosable([network("", -30), network("a\nb", -30), network("\x7f", -30), network("<b>", -40)]),
    ).toEqual([network("<b>", -40)]);
  });

  it("are as many as fit the page", () => {
    const found = Array.from({ length: 200 }, (_, index) => network(`n${index}`, -index));
    expect(choosable(found)).toEqual(found.slice(0, MAX_SHOWN_NETWORKS));
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
