import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "@jest/globals";
import { printObservations } from "../../../hosts/xs/conformance/observations.js";
import { makeWorld, realLacks } from "../../../hosts/xs/conformance/world.js";
import { createIo } from "../../../hosts/xs/io/index.js";
import { makeNetwork } from "../../hosts/xs/moddable/network.js";
import { MODDABLE_SIMULATOR } from "./moddable.js";
import type { SocketCase, Topic } from "./suite/case.js";
import { ALL_TOPICS } from "./suite/cases/index.js";
import { runSuite, type World } from "./suite/run.js";
import { stackPeer } from "./simulated.js";

/** What hosts/xs/conformance reported in the SDK's simulator on Linux, run by hand: see docs/moddable-conformance.md. */
const REPORT = readFileSync(path.join(__dirname, "moddable-linux-simulator.txt"), "utf8");
const LOOPBACK = { address: "127.0.0.1", peerAddress: "127.0.0.1" };

/** A case's line of a report: its number changes when cases are added before it. */
const CASE_LINE = /^(not ok|ok) \d+ - (.*?)( # SKIP .*)?$/;

/** The lines of a report that cases with these names have, and those in front of all cases; without numbers. */
function linesAbout(names: ReadonlySet<string>, lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, result, name, skip = ""] = CASE_LINE.exec(line) ?? [];
    if (name === undefined) return line.startsWith("1..") ? [] : [line];
    return names.has(name) ? [`${result} - ${name}${skip}`] : [];
  });
}

const reported = REPORT.trimEnd().split("\n");
const reportedNames = new Set(reported.map((line) => CASE_LINE.exec(line)?.[2]));
const isReported = (topic: Topic, test: SocketCase): boolean =>
  reportedNames.has(`${topic.name}: ${test.name}`);
/** The cases that the report is about, as far as they are still there. */
const topics = ALL_TOPICS.map((topic) => ({
  ...topic,
  cases: topic.cases.filter((test) => isReported(topic, test)),
}));
const names = new Set(topics.flatMap(({ name, cases }) => cases.map((test) => `${name}: ${test.name}`)));

it("the report is about most of the cases", () => {
  // Else it is time to run the app again.
  const count = ALL_TOPICS.reduce((sum, { cases }) => sum + cases.length, 0);
  expect(names.size).toBeGreaterThan(0.9 * count);
});

it("the simulator's double reports what the simulator itself did, line by line", async () => {
  const lines: string[] = [];
  const network = makeNetwork("desktop");
  const { simulation, native, device, machine } = network;
  const { timers } = simulation;
  const provider = { io: createIo(native, timers, "desktop"), timers };
  // The peer has the kernel's own sockets on the same machine, which is the stack that the double runs on.
  const open = (): Promise<World> =>
    Promise.resolve(makeWorld(provider, simulation, stackPeer(device.stack), LOOPBACK));
  const print = (line: string): void => void lines.push(line);
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void timers.set(resolve, ms));
  const scene = { ...LOOPBACK, platform: "desktop", native, peer: stackPeer(device.stack), wait } as const;
  let isOver = false;
  const running = printObservations(scene, print)
    .then(() => runSuite({ lacks: realLacks(MODDABLE_SIMULATOR), topics, open, print }))
    .finally(() => (isOver = true));
  running.catch(() => undefined);
  await simulation.until(() => isOver || machine.crashed !== undefined, { within: "24h" });
  machine.check();
  await running;
  expect(linesAbout(names, lines)).toEqual(linesAbout(names, reported));
});
