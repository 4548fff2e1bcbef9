import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { describeWith } from "../support/tools.js";
import { requireXs, XsEngine } from "./engine.js";

const ECHO = `globalThis.handleCommand = (request) => ({ result: request });`;

describeWith([requireXs()], "the XS engine", () => {
  let engine: XsEngine;

  beforeAll(() => {
    engine = new XsEngine();
  });

  afterAll(() => engine.stop());

  it("evaluates scripts and answers commands with bytes, in order", async () => {
    await engine.evaluate(ECHO);
    const requests = [Uint8Array.of(), Uint8Array.of(0, 1, 2, 255), new Uint8Array(200_000).fill(58)];
    const replies = await Promise.all(requests.map((request) => engine.command(request)));
    expect(replies.map(({ bytes }) => Uint8Array.from(bytes))).toEqual(requests);
  });

  it("answers when promise jobs have run", async () => {
    await engine.evaluate(`globalThis.handleCommand = (request) => {
      const answer = {};
      Promise.resolve().then(() => {}).then(() => (answer.late = request));
      return { get result() { return answer.late; } };
    };`);
    expect([...(await engine.command(Uint8Array.of(7))).bytes]).toEqual([7]);
  });

  it("counts work and memory, the same for the same work", async () => {
    await engine.evaluate(`globalThis.handleCommand = () => { for (let i = 0; i < 1000; i++); };`);
    const first = await engine.command(Uint8Array.of());
    const second = await engine.command(Uint8Array.of());
    expect(first.usage.compute).toBeGreaterThan(1000);
    expect(second.usage.compute).toBe(first.usage.compute);

    const before = await engine.collect();
    await engine.evaluate(`globalThis.kept = Array.from({ length: 1000 }, () => ({}));`);
    const after = await engine.collect();
    expect(after.currentHeapCount - before.currentHeapCount).toBeGreaterThan(1000);
    expect(after.allocate).toBeGreaterThan(0);
  });

  it("has no limit on work", async () => {
    const { usage } = await engine.evaluate(`for (let i = 0; i < 2e7; i++);`);
    expect(usage.compute).toBeGreaterThan(2e7);
  });

  it("passes on what a script throws, and goes on", async () => {
    await expect(engine.evaluate(`throw new TypeError("no");`)).rejects.toThrow("TypeError: no");
    await expect(engine.evaluate(`1 +`)).rejects.toThrow("SyntaxError");
    await engine.evaluate(ECHO);
    expect((await engine.command(Uint8Array.of(1))).bytes).toHaveLength(1);
  });

  it("stops, whatever it is doing, and refuses further calls", async () => {
    const idle = new XsEngine();
    await idle.stop();
    await idle.stop();
    await expect(idle.evaluate("1")).rejects.toThrow("stopped");

    const busy = new XsEngine();
    const endless = expect(busy.evaluate("for (;;);")).rejects.toThrow("stopped");
    await busy.stop();
    await endless;
  });

  it("says how the worker ended", async () => {
    const failing = new XsEngine("/bin/false");
    await expect(failing.evaluate("1")).rejects.toThrow("the XS engine ended: status 1");
  });

  it("says how to install it where it is not", () => {
    expect(() => new XsEngine("/nowhere/xsnap-worker")).toThrow("npm ci");
  });
});
