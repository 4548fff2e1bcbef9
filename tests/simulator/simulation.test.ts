import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Simulation, type ScheduledEvent } from "../../simulator/index.js";

describe("events", () => {
  it("run in the order of time, and of scheduling at the same time", () => {
    const simulation = new Simulation();
    const trace: string[] = [];
    const note = (name: string) => () => void trace.push(`${simulation.now()} ${name}`);
    simulation.schedule(20, note("c"));
    simulation.schedule(10, note("a"));
    simulation.schedule(20, note("d"));
    simulation.schedule(10.5, () => {
      note("b")();
      simulation.schedule(0, note("b, at once"));
      simulation.schedule(-3, note("b, in the past"));
    });
    simulation.advance(100);
    expect(trace).toEqual(["10 a", "10.5 b", "10.5 b, at once", "10.5 b, in the past", "20 c", "20 d"]);
    expect(simulation.now()).toBe(100);
  });

  it("bring clocks that wait for them to their deadline, whenever those began", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (start, wait) => {
          const simulation = new Simulation();
          simulation.schedule(start, () => undefined);
          simulation.step();
          const began = simulation.now();
          const clock = (): number => simulation.now() - began;
          const deadline = clock() + wait;
          // The sum of both may be rounded down once, late in a run: then a second event makes up for it.
          let events = 0;
          for (; clock() < deadline; events++) {
            simulation.schedule(deadline - clock(), () => undefined);
            simulation.step();
          }
          expect(events).toBeLessThanOrEqual(2);
          expect(clock() - deadline).toBeLessThan(2e-6);
        },
      ),
    );
  });

  it("move time, however short the wait and late the hour", () => {
    const simulation = new Simulation();
    simulation.advance(1e14);
    simulation.schedule(1e-9, () => undefined);
    simulation.step();
    expect(simulation.now()).toBeGreaterThan(1e14);
  });

  it("come out as a sorted list would give them, whatever is cancelled", () => {
    const operation = fc.record({ delay: fc.integer({ min: 0, max: 20 }), cancel: fc.option(fc.nat(50)) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const simulation = new Simulation();
        const ran: number[] = [];
        const events: ScheduledEvent[] = [];
        const cancelled = new Set<number>();
        operations.forEach(({ delay, cancel }, index) => {
          events.push(simulation.schedule(delay, () => void ran.push(index)));
          const victim = cancel === null ? undefined : events[cancel];
          if (victim === undefined) return;
          simulation.cancel(victim);
          cancelled.add(events.indexOf(victim));
        });
        const expected = operations
          .map(({ delay }, index) => ({ delay, index }))
          .filter(({ index }) => !cancelled.has(index))
          .sort((a, b) => a.delay - b.delay || a.index - b.index);
        expect(simulation.pending).toBe(expected.length);
        simulation.advance(20);
        expect(ran).toEqual(expected.map(({ index }) => index));
        expect(simulation.pending).toBe(0);
      }),
    );
  });

  it("can be cancelled after they ran, and twice", () => {
    const simulation = new Simulation();
    let runs = 0;
    const event = simulation.schedule(1, () => runs++);
    simulation.schedule(2, () => runs++);
    simulation.advance(1);
    simulation.cancel(event);
    simulation.cancel(event);
    simulation.advance(1);
    expect(runs).toBe(2);
  });

  it("refuse a time that is no number", () => {
    expect(() => new Simulation().schedule(Number.NaN, () => undefined)).toThrow("(EINVAL)");
  });

  it("may lie at infinity and then never run", () => {
    const simulation = new Simulation();
    simulation.schedule(Infinity, () => expect(true).toBe(false));
    simulation.advance("7d");
    expect(simulation.step()).toBe(false);
  });

  it("leave time usable when one throws", () => {
    const simulation = new Simulation();
    simulation.schedule(5, () => {
      throw new Error("boom");
    });
    expect(() => simulation.advance(10)).toThrow("boom");
    expect(simulation.now()).toBe(5);
    simulation.advance(10);
    expect(simulation.now()).toBe(15);
  });

  it("that schedule themselves without delay are an error, not an endless loop", () => {
    const simulation = new Simulation();
    const again = (): void => void simulation.schedule(0, again);
    again();
    expect(() => simulation.advance(1)).toThrow("an event schedules itself without delay");
  });
});

describe("timers", () => {
  it("run and can be cleared", () => {
    const simulation = new Simulation();
    const trace: string[] = [];
    simulation.timers.set(() => trace.push("kept"), 10);
    const cleared = simulation.timers.set(() => trace.push("cleared"), 10);
    simulation.timers.clear(cleared);
    simulation.timers.clear(undefined);
    simulation.advance(10);
    expect(trace).toEqual(["kept"]);
  });
});

describe("step", () => {
  it("runs one event", () => {
    const simulation = new Simulation();
    simulation.schedule(3, () => undefined);
    simulation.schedule(3, () => undefined);
    expect(simulation.step()).toBe(true);
    expect([simulation.now(), simulation.pending]).toEqual([3, 1]);
    expect(simulation.step()).toBe(true);
    expect(simulation.step()).toBe(false);
  });
});

describe("advanceUntil", () => {
  it("stops at the first moment when the condition holds", () => {
    const simulation = new Simulation();
    let count = 0;
    for (let time = 1; time <= 9; time++) simulation.schedule(time, () => count++);
    expect(simulation.advanceUntil(() => count === 4)).toBe(true);
    expect(simulation.now()).toBe(4);
  });

  it("gives up when its time is over", () => {
    const simulation = new Simulation();
    expect(simulation.advanceUntil(() => false, { within: "3s" })).toBe(false);
    expect(simulation.now()).toBe(3000);
  });
});

describe("runFor and until", () => {
  /** Resolves after `count` microtasks, at no virtual time. */
  async function microtasks(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await Promise.resolve();
  }

  it("let no time pass while promises can settle", async () => {
    const simulation = new Simulation();
    const trace: string[] = [];
    const sleep = (delay: number) => new Promise<void>((resolve) => void simulation.schedule(delay, resolve));
    const program = async (name: string, delay: number): Promise<void> => {
      for (let round = 0; round < 3; round++) {
        await sleep(delay);
        await microtasks(1000);
        trace.push(`${simulation.now()} ${name}`);
      }
    };
    void program("a", 10);
    void program("b", 15);
    await simulation.runFor(40);
    expect(trace).toEqual(["10 a", "15 b", "20 a", "30 b", "30 a"]);
    expect(simulation.now()).toBe(40);
  });

  it("let no time pass while a task runs outside", async () => {
    const simulation = new Simulation();
    let finish: (value: string) => void = () => undefined;
    let result = "";
    simulation.schedule(5, () => {
      const work = new Promise<string>((resolve) => (finish = resolve));
      void simulation.task(work).then((value) => (result = `${value} at ${simulation.now()}`));
      setImmediate(() => setImmediate(() => setImmediate(() => finish("done"))));
    });
    simulation.schedule(6, () => expect(result).toBe("done at 5"));
    await simulation.runFor(10);
    expect(result).toBe("done at 5");
  });

  it("go on after a task that fails", async () => {
    const simulation = new Simulation();
    const failure = simulation.task(Promise.reject(new Error("no")));
    await expect(failure).rejects.toThrow("no");
    await simulation.runFor(10);
    expect(simulation.now()).toBe(10);
  });

  it("wait for a condition", async () => {
    const simulation = new Simulation();
    let ready = false;
    simulation.schedule(7, () => void microtasks(50).then(() => (ready = true)));
    simulation.schedule(8, () => undefined);
    await simulation.until(() => ready, { within: "1s" });
    expect(simulation.now()).toBe(7);
  });

  it("say how long they waited in vain, and the seed", async () => {
    const simulation = new Simulation({ seed: 42 });
    await expect(simulation.until(() => false, { within: "1s" })).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: expect.stringContaining("not within 1000 ms of virtual time (seed 42) (ETIMEDOUT)"),
    });
  });

  it("pass on what an event throws", async () => {
    const simulation = new Simulation();
    simulation.schedule(1, () => {
      throw new Error("boom");
    });
    await expect(simulation.runFor(10)).rejects.toThrow("boom");
    await simulation.runFor(10);
  });

  it("refuse to run inside a run", async () => {
    const simulation = new Simulation();
    simulation.schedule(1, () => simulation.advance(1));
    await expect(simulation.runFor(10)).rejects.toThrow("the simulation is running already");
  });
});

describe("onSooner", () => {
  it("tells of events that come before all others, while no time is passing", () => {
    const simulation = new Simulation();
    const told: number[] = [];
    simulation.onSooner = () => told.push(simulation.nextEvent);
    simulation.schedule(50, () => simulation.schedule(1, () => undefined));
    simulation.schedule(70, () => undefined);
    simulation.schedule(20, () => undefined);
    simulation.advance(60);
    expect(told).toEqual([50, 20]);
  });
});
