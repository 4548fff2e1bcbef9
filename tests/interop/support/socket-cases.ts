// Cases of the conformance suite, on the stack on a TAP device, with the kernel's sockets as the peer. It runs in the
// namespace of the device, takes `[topic, case]` (two numbers) as JSON lines, and prints how each went.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { nodeTimers, processClock } from "../../../hosts/node/index.js";
import { LINUX_PEER_PROGRAM, LINUX_PEER_SCRIPT, LinuxPeer } from "../../conformance/sockets/linux-peer.js";
import { ALL_TOPICS } from "../../conformance/sockets/suite/cases/index.js";
import { runCase, type World } from "../../conformance/sockets/suite/run.js";
import { openTapHost } from "./tap-host.js";

const KIB = 1024;
const BUFFER_SIZE = 64 * KIB;
/** Long enough to be met by the case that looks for it, in ms. */
const TIME_WAIT = 500;

/** How a case went: `failure` is undefined if it went well. */
export interface CaseResult {
  readonly failure?: string;
}

async function openWorld(): Promise<World> {
  const tcp = { receiveBuffer: BUFFER_SIZE, sendBuffer: BUFFER_SIZE, timeWait: TIME_WAIT };
  const { ours, kernel } = await openTapHost({ tcp, privilegedPorts: "refused" });
  const subnet = kernel.address.slice(0, kernel.address.lastIndexOf("."));
  return {
    provider: { io: ours.io, timers: nodeTimers },
    clock: processClock,
    address: ours.address,
    peer: new LinuxPeer(spawn(LINUX_PEER_PROGRAM, [LINUX_PEER_SCRIPT, kernel.address])),
    peerAddress: kernel.address,
    deafAddress: `${subnet}.99`,
    unroutedAddress: "203.0.113.1",
    broadcastAddress: `${subnet}.255`,
    quietTime: 50,
    patience: 20_000,
    bulk: 1024 * KIB,
    flood: 1024 * KIB,
    close: () => Promise.resolve(),
  };
}

async function main(): Promise<void> {
  const world = await openWorld();
  for await (const line of createInterface({ input: process.stdin })) {
    const [topic = 0, test = 0] = JSON.parse(line) as number[];
    const result: CaseResult = await runCase(ALL_TOPICS[topic]!.cases[test]!, world).then(
      () => ({}),
      (error: unknown) => ({ failure: error instanceof Error ? error.stack : String(error) }),
    );
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  process.exit();
}

void main();
