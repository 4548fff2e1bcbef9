import { describe, expect, it } from "@jest/globals";
import { milliseconds, type Duration } from "../../simulator/index.js";

describe("milliseconds", () => {
  it.each<[Duration, number]>([
    [0, 0],
    [12.5, 12.5],
    ["250ms", 250],
    ["2s", 2000],
    ["0.5s", 500],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["7d", 604_800_000],
  ])("reads %j as %d", (duration, expected) => {
    expect(milliseconds(duration)).toBe(expected);
  });

  it.each([-1, Number.NaN, Infinity, "", "2", "s", "2 s", "-2s", "1e3s", "2weeks"])(
    "refuses %j",
    (duration) => {
      expect(() => milliseconds(duration as Duration)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    },
  );
});
