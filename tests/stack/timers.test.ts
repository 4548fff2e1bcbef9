import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { TaskQueue, type Task } from "../../src/stack/tasks.js";
import { Timer, TimerQueue } from "../../src/stack/timers.js";

function timer(log: string[], name: string): Timer {
  return new Timer({ onTimer: (now) => void log.push(`${name} at ${now}`) });
}

describe("a timer queue", () => {
  it("runs what is due, in the order of the deadlines, then of being set", () => {
    const queue = new TimerQueue();
    const log: string[] = [];
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => timer(log, name)) as [Timer, Timer, Timer, Timer];
    queue.set(a, 30);
    queue.set(b, 10);
    queue.set(c, 10);
    queue.set(d, 50);
    expect(queue.next).toBe(10);
    queue.run(9);
    expect(log).toEqual([]);
    queue.run(40);
    expect(log).toEqual(["b at 40", "c at 40", "a at 40"]);
    expect([queue.next, queue.size]).toEqual([50, 1]);
  });

  it("lets a timer be moved, cleared and set again from within", () => {
    const queue = new TimerQueue();
    const times: number[] = [];
    const tick = new Timer({
      onTimer: (now) => {
        times.push(now);
        if (times.length < 3) queue.set(tick, now + 5);
      },
    });
    queue.set(tick, 20);
    queue.set(tick, 10);
    queue.set(tick, Infinity);
    expect(queue.size).toBe(0);
    queue.clear(tick);
    queue.set(tick, 10);
    for (let now = 0; now <= 100; now++) queue.run(now);
    expect(times).toEqual([10, 15, 20]);
    expect(queue.next).toBe(Infinity);
  });

  it("runs a timer once, even if it is set anew for what has passed", () => {
    const queue = new TimerQueue();
    const log: string[] = [];
    const greedy = new Timer({
      onTimer: (now) => {
        log.push(`greedy at ${now}`);
        queue.set(greedy, now - 1);
      },
    });
    queue.set(greedy, 10);
    queue.set(timer(log, "other"), 10);
    queue.run(10);
    expect(log).toEqual(["greedy at 10", "other at 10"]);
    queue.run(10);
    expect(log).toEqual(["greedy at 10", "other at 10", "greedy at 10"]);
  });

  it("behaves as a sorted list does, whatever is set and cleared", () => {
    const step = fc.tuple(fc.nat(9), fc.oneof(fc.nat(50), fc.constant(Infinity)));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new TimerQueue();
        const fired: number[] = [];
        const timers = Array.from({ length: 10 }, (_, i) => new Timer({ onTimer: () => void fired.push(i) }));
        const model = new Map<number, { deadline: number; order: number }>();
        steps.forEach(([i, deadline], order) => {
          queue.set(timers[i]!, deadline);
          if (deadline === Infinity) model.delete(i);
          else if (model.get(i)?.deadline !== deadline) model.set(i, { deadline, order });
        });
        expect(queue.size).toBe(model.size);
        queue.run(100);
        const expected = [...model].sort(([, a], [, b]) => a.deadline - b.deadline || a.order - b.order);
        expect(fired).toEqual(expected.map(([i]) => i));
        expect(queue.size).toBe(0);
      }),
    );
  });
});

describe("a task queue", () => {
  function task(run: () => void): Task {
    return { queued: false, runTask: run };
  }

  it("runs each task once, in order; what they add waits for the next run", () => {
    const queue = new TaskQueue();
    const log: string[] = [];
    const second = task(() => log.push("second"));
    const first = task(() => {
      log.push("first");
      queue.add(first);
      queue.add(second);
    });
    queue.add(first);
    queue.add(second);
    queue.add(first);
    queue.run();
    expect(log).toEqual(["first", "second"]);
    queue.run();
    expect(log).toEqual(["first", "second", "first"]);
    queue.run();
    expect(log).toEqual(["first", "second", "first", "first", "second"]);
  });

  it("goes on behind a task that throws", () => {
    const queue = new TaskQueue();
    const log: number[] = [];
    for (let i = 0; i < 3; i++) {
      queue.add(
        task(() => {
          log.push(i);
          if (i < 2) throw new Error("mine");
        }),
      );
    }
    expect(() => queue.run()).toThrow("mine");
    expect(() => queue.run()).toThrow("mine");
    expect(queue.isEmpty).toBe(false);
    queue.run();
    expect(log).toEqual([0, 1, 2]);
    expect(queue.isEmpty).toBe(true);
  });

  it("keeps its order through thousands", () => {
    const queue = new TaskQueue();
    const log: number[] = [];
    const add = (i: number): void =>
      queue.add(
        task(() => {
          log.push(i);
          if (i < 5000) add(i + 700);
        }),
      );
    for (let i = 0; i < 700; i++) add(i);
    while (!queue.isEmpty) queue.run();
    expect(log).toEqual(Array.from({ length: 5700 }, (_, i) => i).slice(0, log.length));
    expect(log.length).toBeGreaterThan(5000);
  });
});
