import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "@jest/globals";
import { printObservations } from "../../../hosts/xs/conformance/observations.js";
import { makeWorld, realLacks } from "../../../hosts/xs/conformance/world.js";
import { createIo } from "../../../hosts/xs/io/index.js";
import { makeNetwork } from "../../hosts/xs/moddable/network.js";
import { MODDABLE_SIMULATOR } from "./moddable.js";
import type { Topic } from "./suite/case.js";
import { ALL_TOPICS } from "./suite/cases/index.js";
import { runSuite, type World } from "./suite/run.js";
import { stackPeer } from "./simulated.js";

/** What hosts/xs/conformance reported in the SDK's simulator on Linux, run by hand: see docs/moddable-conformance.md. */
const REPORT = readFileSync(path.join(__dirname, "moddable-linux-simulator.txt"), "utf8");
const LOOPBACK = { address: "127.0.0.1", peerAddress: "127.0.0.1" };

/** The cases that the report is about, of those there are. */
function reportedTopics(): Topic[] {
  return ALL_TOPICS.map(({ name, cases }) => {
    const isReported = (test: string): boolean =>
      REPORT.includes(`- ${name}: ${test}\n`) || REPORT.includes(`- ${name}: ${test} # SKIP`);
    return { name, cases: cases.filter((test) => isReported(test.name)) };
  });
}

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
    .then(() => runSuite({ lacks: realLacks(MODDABLE_SIMULATOR), topics: reportedTopics(), open, print }))
    .finally(() => (isOver = true));
  running.catch(() => undefined);
  await simulation.until(() => isOver || machine.crashed !== undefined, { within: "24h" });
  machine.check();
  await running;
  expect(lines).toEqual(REPORT.trimEnd().split("\n"));
});
