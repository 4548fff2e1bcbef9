import { afterEach, describe, expect, it } from "@jest/globals";
import { RealTime, Simulation } from "../../simulator/index.js";

let pace: RealTime | undefined;

afterEach(() => pace?.stop());

/** A simulation whose events tell when they ran, and a promise that settles with the event of the name "end". */
function timeline(): {
  simulation: Simulation;
  told: string[];
  at: (time: number, name: string) => void;
  end: Promise<void>;
} {
  const simulation = new Simulation();
  const told: string[] = [];
  let finish = (): void => undefined;
  const end = new Promise<void>((resolve) => (finish = resolve));
  const at = (time: number, name: string): void => {
    simulation.scheduleAt(time, () => {
      told.push(`${simulation.now()} ${name}`);
      if (name === "end") finish();
    });
  };
  return { simulation, told, at, end };
}

describe("the pace of virtual time", () => {
  it("is as fast as the machine goes, if it is told so, and lets who awaits go on between two moments", async () => {
    const { simulation, told, at, end } = timeline();
    simulation.scheduleAt(1_000, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => told.push(`${simulation.now()} settled`));
    });
    at(3_600_000, "hour");
    at(86_400_000, "end");
    pace = new RealTime(simulation);
    pace.speed = Infinity;
    await end;
    expect(told).toEqual(["1000 settled", "3600000 hour", "86400000 end"]);
  });

  it("is in step with real time, times the speed", async () => {
    const { simulation, at, end } = timeline();
    at(1_000_000, "end");
    const begin = performance.now();
    pace = new RealTime(simulation);
    pace.speed = 50_000;
    await end;
    expect(performance.now() - begin).toBeGreaterThanOrEqual(20 - 1);
    expect(simulation.now()).toBe(1_000_000);
  });

  it("stands still while it is paused, but for steps of one event, and actions", () => {
    const { simulation, told, at } = timeline();
    at(10, "first");
    at(10, "second");
    at(5_000, "end");
    pace = new RealTime(simulation);
    pace.pause();
    expect([pace.step(), pace.isPaused, told, pace.place]).toEqual([
      true,
      true,
      ["10 first"],
      { time: 10, event: 1 },
    ]);
    pace.now(() => told.push("action"));
    expect([pace.step(), pace.step(), pace.step()]).toEqual([true, true, false]);
    expect(told).toEqual(["10 first", "action", "10 second", "5000 end"]);
    expect(simulation.now()).toBe(5_000);
  });

  it("goes on from a pause where it was", async () => {
    const { simulation, told, at, end } = timeline();
    at(1_000, "end");
    pace = new RealTime(simulation);
    pace.pause();
    pace.speed = 1_000;
    await new Promise((resolve) => setImmediate(resolve));
    expect([told, simulation.now() < 1_000]).toEqual([[], true]);
    pace.resume();
    await end;
  });

  it("comes to what is planned at the very place: between two events of a moment, or between moments", async () => {
    const { simulation, told, at, end } = timeline();
    at(10, "first");
    at(10, "second");
    at(30, "end");
    pace = new RealTime(simulation);
    const plan = (time: number, event?: number): void =>
      pace!.plan({ time, ...(event !== undefined && { event }) }, () =>
        told.push(`${simulation.now()} planned`),
      );
    plan(10, 1);
    plan(20.25, 2);
    plan(30);
    expect(pace.hasPlans).toBe(true);
    pace.speed = Infinity;
    await end;
    while (pace.hasPlans) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(["10 first", "10 planned", "10 second", "20.25 planned", "30 end", "30 planned"]);
  });

  it("goes by the time where a run has other events than the one that was planned for", () => {
    const { simulation, told, at } = timeline();
    at(10, "first");
    at(40, "end");
    pace = new RealTime(simulation);
    pace.pause();
    pace.plan({ time: 20, event: 7 }, () => told.push(`${simulation.now()} planned`));
    while (pace.step());
    expect(told).toEqual(["10 first", "20 planned", "40 end"]);
  });
});
