import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { shrink, SHRINK_LIMIT, type Schedule, type ScheduledFault } from "../../../simulator/index.js";

const entry = (on: string, fault: ScheduledFault["fault"] = "cut"): ScheduledFault => ({
  at: "12345ms",
  lasting: "4321ms",
  on,
  fault,
});
const has = (schedule: Schedule, ...names: string[]): boolean =>
  names.every((name) => schedule.some(({ on }) => on === name));

describe("shrinking", () => {
  it("leaves what a failure needs, wherever it stands", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 4 }), async (needed) => {
        const names = needed.map(String);
        const schedule = Array.from({ length: 20 }, (_, index) => entry(String(index)));
        const shrunk = await shrink(schedule, (candidate) => Promise.resolve(has(candidate, ...names)));
        expect(shrunk.schedule.map(({ on }) => on).sort()).toEqual([...names].sort());
        for (const { at, lasting } of shrunk.schedule) expect([at, lasting]).toEqual(["0s", "1ms"]);
        expect(shrunk.runs).toBeLessThanOrEqual(SHRINK_LIMIT);
      }),
      { numRuns: 30 },
    );
  });

  it("finds that the seed alone is enough", async () => {
    const shrunk = await shrink([entry("a"), entry("b")], () => Promise.resolve(true));
    expect(shrunk).toEqual({ schedule: [], runs: 1 });
  });

  it("makes times and figures simpler as long as it fails", async () => {
    const fault = { reorder: { probability: 0.37, by: "470ms" } };
    const { schedule } = await shrink([entry("a", fault), entry("b", { corrupt: 0.29 })], (candidate) => {
      const [first] = candidate;
      return Promise.resolve(
        has(candidate, "a", "b") && Number.parseInt(String(first!.lasting)) * 1_000 > 2_100,
      );
    });
    expect(schedule).toEqual([
      { at: "0s", lasting: "3s", on: "a", fault: { reorder: 1 } },
      { at: "0s", lasting: "1ms", on: "b", fault: { corrupt: 1 } },
    ]);
  });

  it("ends when it has had enough", async () => {
    let runs = 0;
    const schedule = Array.from({ length: 20 }, (_, index) => entry(String(index)));
    const shrunk = await shrink(
      schedule,
      (candidate) => Promise.resolve((runs++, has(candidate, "3", "17"))),
      5,
    );
    expect([shrunk.runs, runs]).toEqual([5, 5]);
    expect(has(shrunk.schedule, "3", "17")).toBe(true);
  });
});
