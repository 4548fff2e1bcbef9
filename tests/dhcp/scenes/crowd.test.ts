import { expect, it } from "@jest/globals";
import { bootCrowd, CROWD_LIMIT } from "./crowd.js";

const COUNT = 1_000;

it("a thousand clients at once are all bound in ten minutes, with 20 % loss, and no address is given twice", () => {
  const crowd = bootCrowd(COUNT, { seed: 1 });
  expect(crowd.boundAt).toHaveLength(COUNT);
  expect(Math.max(...crowd.boundAt)).toBeLessThan(CROWD_LIMIT);
  expect(new Set(crowd.addresses).size).toBe(COUNT);
  // Nobody had another address before, which somebody else could have now.
  expect(crowd.bindings.map(({ address }) => address).sort()).toEqual([...crowd.addresses].sort());
  process.stderr.write(
    `DHCP: ${COUNT} clients bound after ${(Math.max(...crowd.boundAt) / 1000).toFixed(1)} s of virtual time, half of ` +
      `them after ${(median(crowd.boundAt) / 1000).toFixed(1)} s, with ${crowd.frames} frames at the switch\n`,
  );
}, 180_000);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
