import { describe, expect, it } from "@jest/globals";
import { Channel, LONGEST_WAIT, TRANSMISSION_OVERHEAD } from "../../../simulator/wifi/channel.js";
import { errorsAt, rateAt, signalAt } from "../../../simulator/wifi/signal.js";

describe("the signal", () => {
  it.each([
    [0, -35],
    [1, -35],
    [10, -65],
    [30, -79],
    [60, -88],
    [100, -95],
  ])("at %i m is %i dBm", (x, signal) => {
    expect(signalAt({ x, y: 0 }, { x: 0, y: 0 })).toBe(signal);
  });

  it.each([
    [-30, 65e6, 0],
    [-64, 65e6, 0.1],
    [-65, 58.5e6, 0.1],
    [-72, 26e6, 0.056],
    [-82, 6.5e6, 0.1],
    [-86, 6.5e6, 0.316],
    [-90, 6.5e6, 1],
    [-95, 6.5e6, 1],
  ])("of %i dBm carries %i bits a second, and loses of what is transmitted %d", (signal, rate, errors) => {
    expect(rateAt(signal)).toBe(rate);
    expect(errorsAt(signal, rate)).toBeCloseTo(errors, 3);
  });
});

describe("a channel", () => {
  it("has one transmit at a time", () => {
    const channel = new Channel();
    const time = TRANSMISSION_OVERHEAD + 1;
    expect(channel.transmit(0, 1, 6500, 6.5e6, undefined)).toBeCloseTo(time);
    expect(channel.transmit(0, 2, 13_000, 6.5e6, undefined)).toBeCloseTo(3 * time);
    expect(channel.transmit(100, 1, 6500, 6.5e6, undefined)).toBeCloseTo(time);
  });

  it("carries what is for all once", () => {
    const channel = new Channel();
    const [group, other] = [new Uint8Array(1), new Uint8Array(1)];
    const wait = channel.transmit(5, 1, 6500, 6.5e6, group);
    expect(channel.transmit(5, 1, 6500, 6.5e6, group)).toBe(wait);
    expect(channel.transmit(5, 1, 6500, 6.5e6, other)).toBeCloseTo(2 * wait!);
    expect(channel.transmit(6, 1, 6500, 6.5e6, other)).toBeCloseTo(3 * wait! - 1);
  });

  it("takes no more when too much waits", () => {
    const channel = new Channel();
    channel.transmit(0, 1, 6500 * LONGEST_WAIT, 6.5e6, undefined);
    expect(channel.transmit(0, 1, 6500, 6.5e6, undefined)).toBeUndefined();
    expect(channel.transmit(1, 1, 6500, 6.5e6, undefined)).toBeGreaterThan(LONGEST_WAIT - 1);
  });
});
