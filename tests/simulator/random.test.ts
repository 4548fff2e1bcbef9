import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SimulatedRandom } from "../../simulator/index.js";

function draw(random: SimulatedRandom, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

describe("SimulatedRandom", () => {
  it("gives the same stream for the same seed, on every machine and in every version", () => {
    expect(draw(SimulatedRandom.fromSeed(1), 4)).toMatchInlineSnapshot(`
      [
        3628789070,
        1034684588,
        6535471,
        287172003,
      ]
    `);
    expect(draw(SimulatedRandom.fromSeed(1).fork("cable lan"), 4)).toMatchInlineSnapshot(`
      [
        2319585158,
        560659382,
        3816137807,
        3075316008,
      ]
    `);
  });

  it("gives a fork that depends on seed and name only", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(20), (seed, name, drawnBefore) => {
        const fresh = SimulatedRandom.fromSeed(seed);
        const used = SimulatedRandom.fromSeed(seed);
        draw(used, drawnBefore);
        draw(used.fork(`${name} sibling`), drawnBefore);
        expect(draw(used.fork(name), 8)).toEqual(draw(fresh.fork(name), 8));
      }),
    );
  });

  it("gives different streams for different seeds and names", () => {
    const streams = [1, 2].flatMap((seed) => {
      const root = SimulatedRandom.fromSeed(seed);
      return [root, root.fork("a"), root.fork("b"), root.fork("a").fork("b"), root.fork("b").fork("a")];
    });
    expect(new Set(streams.map((stream) => stream.uint32())).size).toBe(streams.length);
  });

  it("draws evenly", () => {
    const random = SimulatedRandom.fromSeed(3);
    const counts = new Array<number>(16).fill(0);
    for (let index = 0; index < 16_000; index++) counts[random.below(16)]!++;
    // Chi-square with 15 degrees of freedom: 37.7 is exceeded once in a thousand seeds.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(37.7);
  });

  it("keeps probabilities", () => {
    const random = SimulatedRandom.fromSeed(4);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
    let hits = 0;
    for (let index = 0; index < 10_000; index++) if (random.chance(0.2)) hits++;
    // Five standard deviations of 40.
    expect(Math.abs(hits - 2000)).toBeLessThan(200);
  });
});
