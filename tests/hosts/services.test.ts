import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { nodeEncode, nodeMemory, nodeRandom, nodeTimers, stderrLog } from "../../hosts/node/services.js";
import { MAX_TIMER_DELAY } from "../../src/host/index.js";

describe("timers", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([-1, 0, 0.2, 1, 1000.5, MAX_TIMER_DELAY, MAX_TIMER_DELAY + 1, 5 * MAX_TIMER_DELAY])(
    "call back once, not before %d ms have passed",
    (delay) => {
      const start = performance.now();
      let due: number | undefined;
      let calls = 0;
      nodeTimers.set(() => {
        due = performance.now() - start;
        calls++;
      }, delay);
      expect(calls).toBe(0);
      jest.advanceTimersByTime(Math.max(1, Math.ceil(delay)));
      expect(calls).toBe(1);
      expect(due).toBeGreaterThanOrEqual(delay);
      jest.advanceTimersByTime(10 * MAX_TIMER_DELAY);
      expect(calls).toBe(1);
    },
  );

  it.each([10, 3 * MAX_TIMER_DELAY])("are cleared: %d ms", (delay) => {
    const handle = nodeTimers.set(() => {
      throw new Error("cleared");
    }, delay);
    jest.advanceTimersByTime(delay / 2);
    nodeTimers.clear(handle);
    nodeTimers.clear(handle);
    nodeTimers.clear(undefined);
    jest.advanceTimersByTime(delay);
  });
});

it("random numbers are 32 bits and not the same", () => {
  const numbers = Array.from({ length: 1000 }, () => nodeRandom.uint32());
  for (const number of numbers) expect(number).toBe(number >>> 0);
  expect(new Set(numbers).size).toBeGreaterThan(990);
});

it("memory is in use, and there is more", () => {
  const { used, total } = nodeMemory();
  expect(used).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(used);
});

it("the encoder writes UTF-8", () => {
  expect([...nodeEncode("aü")]).toEqual([0x61, 0xc3, 0xbc]);
});

it("the log writes lines on standard error, from a level on", () => {
  const lines: unknown[] = [];
  const write = jest.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(line) > 0);
  const log = stderrLog("warn");
  for (const level of ["debug", "info", "warn", "error"] as const) log(level, level);
  write.mockRestore();
  expect(lines).toEqual(["warn\n", "error\n"]);
});
