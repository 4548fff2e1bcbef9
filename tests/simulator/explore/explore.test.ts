import { describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import {
  ALL_FAULTS,
  drawSchedule,
  explore,
  Lan,
  PLACE_FAULTS,
  type ExploreOptions,
  type Schedule,
} from "../../../simulator/index.js";
import { counter, deaf, forgetful } from "./toy.js";

const TOY = join(__dirname, "toy.ts");
const OPTIONS: ExploreOptions = { seeds: 60, within: "10s", lasting: "5s", progress: false };

describe("exploring", () => {
  it("finds what is wrong with a protocol, and the one fault that shows it", async () => {
    const exploration = await explore(OPTIONS, counter);
    expect(exploration.passed).toBeGreaterThan(40);
    expect(exploration.failed.length).toBe(60 - exploration.passed);
    const problem = exploration.problems.find(({ reason }) => reason.includes("counts 6 instead of 5"))!;
    expect(problem.drawn).toBeGreaterThan(1);
    expect(problem.schedule).toHaveLength(1);
    expect(() => exploration.check()).toThrow(problem.test);
    expect(exploration.events).toBeGreaterThan(1_000);
    expect(JSON.parse(JSON.stringify(exploration))).toMatchObject({
      seeds: 60,
      problems: [{ seeds: problem.seeds }],
    });
  });

  it("gives the same in threads, however many", async () => {
    const here = await explore(OPTIONS, counter);
    for (const workers of [1, 2]) {
      const there = await explore({ ...OPTIONS, workers }, { module: TOY, name: "counter" });
      expect(there.failed).toEqual(here.failed);
      expect(there.problems.map(({ schedule, seeds }) => ({ schedule, seeds }))).toEqual(
        here.problems.map(({ schedule, seeds }) => ({ schedule, seeds })),
      );
    }
  });

  it("gives each seed to one of several machines", async () => {
    const seeds: number[][] = [[], [], []];
    for (const [index, list] of seeds.entries()) {
      const shard = `${index + 1}/3`;
      await explore({ seeds: 10, first: 100, shard, progress: false }, (lan, schedule) => {
        lan.host("host");
        lan.schedule(schedule);
        list.push(lan.seed);
      });
    }
    expect(seeds).toEqual([
      [100, 103, 106, 109],
      [101, 104, 107],
      [102, 105, 108],
    ]);
  });

  it("says what a scenario must do", async () => {
    const { problems } = await explore({ seeds: 1 }, deaf);
    expect(problems[0]!.reason).toContain("lan.schedule(schedule)");
  });

  it("finds runs that do not follow from their seeds", async () => {
    const { problems } = await explore({ seeds: 2, twice: true }, forgetful);
    expect(problems[0]!.reason).toContain("the second time");
    expect((await explore({ seeds: 5, twice: true, faults: ["corrupt"] }, counter)).failed).toEqual([]);
  });
});

describe("in threads", () => {
  it("what never ends is a failure, with the schedule that it had", async () => {
    const { failed } = await explore(
      { seeds: 4, limit: 2_000, workers: 1, progress: false },
      { module: TOY, name: "hanging" },
    );
    expect(failed.map(({ seed, reason }) => [seed, reason])).toEqual([
      [3, "still running after 2 s of real time"],
    ]);
    expect(failed[0]!.schedule.length).toBeGreaterThan(0);
  });

  it("what nobody hears fail is a failure", async () => {
    const { failed } = await explore({ seeds: 1, progress: false }, { module: TOY, name: "careless" });
    expect(failed[0]?.reason).toBe("nobody hears this");
  });

  it.each([
    [{ module: TOY, name: "nothing" }, "it exports no function nothing; there are"],
    [{ module: "/nowhere/scenario.ts" }, "Cannot find module '/nowhere/scenario.ts'"],
  ])("a scenario that is not there is refused: %j", async (scenario, message) => {
    await expect(explore({ seeds: 1 }, scenario)).rejects.toThrow(message);
  });
});

describe("options", () => {
  it.each<[ExploreOptions, string]>([
    [{ seeds: 0 }, "explore seeds: 0: want a whole number from 1"],
    [{ workers: 1.5 }, "explore workers: 1.5"],
    [{ first: -1 }, "explore first: -1"],
    [{ first: 2 ** 32 - 1, seeds: 2 }, "want seeds from 0 to 4294967295"],
    [{ shard: "3/2" }, "parse shard 3/2"],
    [{ shard: "0/2" }, "parse shard 0/2"],
    [{ faults: ["fire"] }, "draw fault fire: there are loss,"],
    [{ most: 0 }, "draw faults at most 0"],
    [{ within: "soon" as "1s" }, "parse duration soon"],
    [{ lasting: 0 }, "draw faults lasting 0"],
  ])("%j are refused", async (options, message) => {
    await expect(explore(options, deaf)).rejects.toThrow(message);
  });
});

describe("a schedule that is drawn", () => {
  const draw = (seed: number, options: ExploreOptions = {}): Schedule => {
    const lan = new Lan({ seed });
    lan.host("alice");
    lan.host("bob", { on: [lan.defaultSwitch, lan.switch("other")] });
    const schedule = drawSchedule(lan, options);
    // Whatever is drawn can be done.
    lan.schedule(schedule);
    return schedule;
  };
  const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

  it("follows from the seed, and is in the order of time", () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    for (const seed of SEEDS) {
      const times = draw(seed).map(
        ({ at }) => (String(at).endsWith("ms") ? 1 : 1_000) * Number.parseInt(String(at)),
      );
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it("has all faults, on all places", () => {
    const entries = SEEDS.flatMap((seed) => draw(seed));
    const kinds = entries.map(({ fault }) => (typeof fault === "string" ? fault : Object.keys(fault)[0]!));
    expect(new Set(kinds)).toEqual(new Set(ALL_FAULTS));
    expect(new Set(entries.map(({ on }) => on))).toEqual(new Set(["alice", "bob", "bob eth1"]));
    for (const [index, { on }] of entries.entries())
      if (PLACE_FAULTS[kinds[index]!]?.place === "host") expect(on).not.toContain("eth1");
  });

  it("has what the menu says", () => {
    const entries = SEEDS.flatMap((seed) => {
      const schedule = draw(seed, {
        faults: ["loss", "reboot"],
        on: ["bob"],
        most: 2,
        within: "1s",
        lasting: 1,
      });
      expect(schedule.length).toBeLessThanOrEqual(2);
      return schedule;
    });
    for (const { on, lasting, fault } of entries) {
      expect(on).toBe("bob");
      expect(lasting).toBe(fault === "reboot" ? undefined : "1ms");
    }
    expect(() => draw(1, { on: ["carol"] })).toThrow("draw faults carol: there is nothing to put them on");
  });
});
