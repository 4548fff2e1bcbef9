import { describe, expect, it } from "@jest/globals";
import { Watchers } from "../../src/host/index.js";

describe("watchers", () => {
  it("are called in the order in which they came, until they end it", () => {
    const heard: string[] = [];
    const watchers = new Watchers();
    const endFirst = watchers.add(() => heard.push("first"));
    watchers.add(() => heard.push("second"));
    watchers.notify();
    endFirst();
    endFirst();
    watchers.notify();
    expect(heard).toEqual(["first", "second", "second"]);
  });

  it("one that ends another's turn is the last to be called", () => {
    const heard: string[] = [];
    const watchers = new Watchers();
    watchers.add(() => {
      heard.push("first");
      endSecond();
    });
    const endSecond = watchers.add(() => heard.push("second"));
    watchers.notify();
    expect(heard).toEqual(["first"]);
  });

  it("one that comes during a call waits for the next", () => {
    const heard: string[] = [];
    const watchers = new Watchers();
    watchers.add(() => {
      heard.push("first");
      if (heard.length === 1) watchers.add(() => heard.push("late"));
    });
    watchers.notify();
    expect(heard).toEqual(["first"]);
    watchers.notify();
    expect(heard).toEqual(["first", "first", "late"]);
  });

  it("a function that watches twice is called twice, and stops once", () => {
    let calls = 0;
    const watchers = new Watchers();
    const count = (): void => void calls++;
    const end = watchers.add(count);
    watchers.add(count);
    end();
    watchers.notify();
    expect(calls).toBe(1);
  });
});
