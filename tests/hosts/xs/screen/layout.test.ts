import { describe, expect, it } from "@jest/globals";
import { layOut, LINE_HEIGHTS, type Rectangle } from "../../../../hosts/xs/screen/layout.js";
import { check } from "./recording-renderer.js";

const SIZES = [
  [320, 240],
  [240, 320],
  [480, 320],
  [320, 480],
  [320, 280],
  [240, 280],
  [800, 480],
] as const;

describe.each(SIZES)("on %i x %i pixels", (width, height) => {
  const { panels, labels, code, ...texts } = layOut(width, height);
  const spots = [...labels, ...Object.values(texts)];

  it("the panels are the whole screen", () => {
    const pixels = panels.map(({ area }) => area.width * area.height);
    expect(pixels.reduce((sum, part) => sum + part)).toBe(width * height);
    expect(overlaps(panels.map(({ area }) => area))).toEqual([]);
  });

  it("everything lies on one panel and has its color behind it", () => {
    for (const { area, background } of [...spots, { area: code.area, background: code.color }]) {
      const below = panels.filter((panel) => intersect(panel.area, area));
      expect(below).toMatchObject([{ color: background }]);
      expect(() => check(area, below[0]!.area)).not.toThrow();
    }
  });

  it("nothing overlaps", () => {
    expect(overlaps([...spots.map(({ area }) => area), code.area])).toEqual([]);
  });

  it("lines are as high as their font", () => {
    for (const { area, font } of spots) expect(area.height).toBe(LINE_HEIGHTS[font]);
  });

  it("address and MAC have room for the widest", () => {
    // Measured in the fonts: 255.255.255.255 in the large one, and dd:dd:dd:dd:dd:dd in the small one.
    expect(texts.address.area.width).toBeGreaterThanOrEqual(216);
    expect(texts.mac.area.width).toBeGreaterThanOrEqual(140);
  });

  it("the code is a square in which each module of the largest has three pixels or more", () => {
    expect(code.area.width).toBe(code.area.height);
    expect(code.area.width).toBeGreaterThanOrEqual((29 + 8) * 3);
  });
});

it("320 x 240 and 240 x 320 have room for the largest code with four pixels a module", () => {
  for (const { code } of [layOut(320, 240), layOut(240, 320)])
    expect(code.area.width).toBeGreaterThanOrEqual((29 + 8) * 4);
});

function overlaps(areas: readonly Rectangle[]): Rectangle[][] {
  return areas.flatMap((area, index) =>
    areas
      .slice(index + 1)
      .filter((other) => intersect(area, other))
      .map((other) => [area, other]),
  );
}

function intersect(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
