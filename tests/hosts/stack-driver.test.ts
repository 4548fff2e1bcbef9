import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { StackDriver, type Pollable } from "../../hosts/node/stack-driver.js";

/** Notes when it is polled; wants the polls of `plan`. */
class FakeStack implements Pollable {
  readonly polls: number[] = [];
  nextPoll = Infinity;
  onWake?: () => void;
  onPoll: () => void = () => undefined;

  poll(now: number): void {
    this.polls.push(now);
    this.onPoll();
  }
}

describe("StackDriver", () => {
  let stack: FakeStack;
  let driver: StackDriver;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    stack = new FakeStack();
    driver = new StackDriver(stack);
    jest.advanceTimersByTime(1);
    stack.polls.length = 0;
  });

  afterEach(() => {
    driver.stop();
    jest.useRealTimers();
  });

  const now = (): number => performance.now();

  it("polls at the start", () => {
    const fresh = new FakeStack();
    const other = new StackDriver(fresh);
    jest.advanceTimersByTime(1);
    expect(fresh.polls).toHaveLength(1);
    other.stop();
  });

  it("polls once for many wakes, and not from inside them", () => {
    stack.onWake?.();
    stack.onWake?.();
    expect(stack.polls).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(stack.polls).toHaveLength(1);
  });

  it("polls when the stack wants to be", () => {
    const start = now();
    stack.onPoll = () => {
      stack.nextPoll = now() < start + 100 ? start + 100 : Infinity;
    };
    stack.onWake?.();
    jest.advanceTimersByTime(1000);
    expect(stack.polls).toEqual([start, start + 100]);
  });

  it("polls earlier when the wish changes, and lets a timer that is too early fire", () => {
    const start = now();
    const wishes = [start + 100, start + 50, start + 200, Infinity];
    stack.onPoll = () => {
      stack.nextPoll = wishes.shift() ?? Infinity;
    };
    stack.onWake?.();
    jest.advanceTimersByTime(10);
    stack.onWake?.();
    jest.advanceTimersByTime(1000);
    expect(stack.polls.map((time) => time - start)).toEqual([0, 10, 50, 200]);
  });

  it("polls again soon if the stack has work left", () => {
    let rounds = 3;
    stack.onPoll = () => {
      stack.nextPoll = --rounds > 0 ? now() : Infinity;
    };
    stack.onWake?.();
    jest.advanceTimersByTime(10);
    expect(stack.polls).toHaveLength(3);
  });

  it("polls on the way to a time that is further than a timer reaches", () => {
    const far = now() + 2 ** 31 + 5;
    stack.onPoll = () => {
      stack.nextPoll = now() < far ? far : Infinity;
    };
    stack.onWake?.();
    jest.advanceTimersByTime(2 ** 31 + 1000);
    expect(stack.polls.map((time) => time - far)).toEqual([-(2 ** 31 + 5), -(2 ** 30 + 5), -5, 0]);
  });

  it("can be stopped from inside a poll", () => {
    stack.onPoll = () => {
      stack.nextPoll = now();
      driver.stop();
    };
    stack.onWake?.();
    jest.advanceTimersByTime(1000);
    expect(stack.polls).toHaveLength(1);
    expect(stack.onWake).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });
});
