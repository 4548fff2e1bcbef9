import { describe, expect, it } from "@jest/globals";
import { Deadline } from "../../src/host/index.js";
import { VirtualTime } from "../support/virtual-time.js";

function setUp(): { time: VirtualTime; deadline: Deadline; due: number[] } {
  const time = new VirtualTime(1_000);
  const due: number[] = [];
  const deadline = new Deadline(time, time, () => due.push(time.now()));
  return { time, deadline, due };
}

describe("a deadline", () => {
  it("comes once, at its time", () => {
    const { time, deadline, due } = setUp();
    deadline.set(1_500);
    expect(deadline.isSet).toBe(true);
    time.until(10_000);
    expect(due).toEqual([1_500]);
    expect(deadline.isSet).toBe(false);
  });

  it("can be moved either way, and taken away", () => {
    const { time, deadline, due } = setUp();
    deadline.set(5_000);
    deadline.set(2_000);
    time.until(2_000);
    deadline.set(3_000);
    deadline.set(4_000);
    time.until(6_000);
    deadline.set(7_000);
    deadline.set(Infinity);
    expect(deadline.isSet).toBe(false);
    time.until(10_000);
    expect(due).toEqual([2_000, 4_000]);
    expect(time.pending).toBe(0);
  });

  it("that is over already comes as soon as possible, but not at once", () => {
    const { time, deadline, due } = setUp();
    deadline.set(0);
    expect(due).toEqual([]);
    time.until(1_000);
    expect(due).toEqual([1_000]);
  });

  it("can be set anew when it comes", () => {
    const time = new VirtualTime(0);
    const due: number[] = [];
    const deadline: Deadline = new Deadline(time, time, () => {
      due.push(time.now());
      if (due.length < 3) deadline.set(time.now() + 10);
    });
    deadline.set(10);
    time.until(100);
    expect(due).toEqual([10, 20, 30]);
  });
});
