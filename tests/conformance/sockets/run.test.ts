import { expect, it } from "@jest/globals";
import { VirtualTime } from "../../support/virtual-time.js";
import { equal } from "./suite/assert.js";
import type { Env, SocketCase } from "./suite/case.js";
import { runSuite, type World } from "./suite/run.js";

/** A world whose clock the test moves; there are no sockets in it. */
function makeWorld(time: VirtualTime, events: string[]): World {
  const peer = { close: () => Promise.resolve(void events.push("peer closed")) };
  return {
    provider: { io: {}, timers: time },
    clock: time,
    peer,
    quietTime: 10,
    patience: 1000,
    close: () => Promise.resolve(void events.push("world closed")),
  } as unknown as World;
}

async function report(cases: readonly SocketCase[], events: string[] = []): Promise<string[]> {
  const time = new VirtualTime();
  const lines: string[] = [];
  let failures: number | undefined;
  void runSuite({
    lacks: { features: { ipv6: "it has none" }, cases: { odd: "it is odd" } },
    open: () => Promise.resolve(makeWorld(time, events)),
    print: (line) => lines.push(line),
    topics: [{ name: "topic", cases }],
  }).then((count) => (failures = count));
  while (failures === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(100);
  }
  return [...lines, `${failures} failed`];
}

it("reports what passes, fails and is skipped in the manner of TAP", async () => {
  const cases: SocketCase[] = [
    { name: "good", run: () => undefined },
    { name: "bad", run: () => equal([1, "a"], [1, "b"], "the list") },
    { name: "new", needs: ["ipv6"], run: () => undefined },
    { name: "odd", run: () => undefined },
    { name: "endless", run: () => new Promise(() => undefined) },
    { name: "slow", run: async (env: Env) => env.quiet() },
  ];
  expect(await report(cases)).toEqual([
    "1..6",
    "ok 1 - topic: good",
    "not ok 2 - topic: bad",
    '# CaseFailure: the list: [1, "a"] instead of [1, "b"]',
    "ok 3 - topic: new # SKIP it has none",
    "ok 4 - topic: odd # SKIP it is odd",
    "not ok 5 - topic: endless",
    "# CaseFailure: it is not over within 1000 ms",
    "ok 6 - topic: slow",
    "2 failed",
  ]);
});

it("closes what a case used, its peer and its world, also when it fails", async () => {
  const events: string[] = [];
  const run = (env: Env): void => {
    env.use({ close: () => events.push("used closed") });
    throw new Error("on purpose");
  };
  await report([{ name: "bad", run }], events);
  expect(events).toEqual(["used closed", "peer closed", "world closed"]);
});
