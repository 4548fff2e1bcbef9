// Cases of the conformance suite, with the kernel's sockets as the peer: on the stack on a TAP device ("stack"), or on
// Node's sockets on the device's other side ("node"). It runs in the namespace of the device, takes `[topic, case]` (two
// numbers) as JSON lines, and prints how each went.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { nodeTimers, processClock } from "../../../hosts/node/index.js";
import {
  kernelFlood,
  LINUX_PEER_PROGRAM,
  LINUX_PEER_SCRIPT,
  LinuxPeer,
} from "../../conformance/sockets/linux-peer.js";
import { ALL_TOPICS } from "../../conformance/sockets/suite/cases/index.js";
import { runCase, type World } from "../../conformance/sockets/suite/run.js";
import { openTapHost, TAP } from "./tap-host.js";

const KIB = 1024;
const BUFFER_SIZE = 64 * KIB;
/** Long enough to be met by the case that looks for it, in ms. */
const TIME_WAIT = 500;
/** On a busy machine a case may take long; only what hangs shall fail. */
const PATIENCE = 50_000;

/** How a case went: `failure` is undefined if it went well. */
export interface CaseResult {
  readonly failure?: string;
}

async function openWorld(provider: string): Promise<World> {
  const tcp = { receiveBuffer: BUFFER_SIZE, sendBuffer: BUFFER_SIZE, timeWait: TIME_WAIT };
  const { ours, kernel } = await openTapHost({ tcp, privilegedPorts: "refused" });
  // Node joins groups where the kernel would send to them.
  execFileSync("ip", ["route", "add", "224.0.0.0/4", "dev", TAP]);
  const { io, address } = provider === "node" ? kernel : ours;
  const subnet = kernel.address.slice(0, kernel.address.lastIndexOf("."));
  return {
    provider: { io, timers: nodeTimers },
    clock: processClock,
    address,
    peer: new LinuxPeer(spawn(LINUX_PEER_PROGRAM, [LINUX_PEER_SCRIPT, kernel.address])),
    peerAddress: kernel.address,
    deafAddress: `${subnet}.99`,
    unroutedAddress: "203.0.113.1",
    broadcastAddress: `${subnet}.255`,
    quietTime: 50,
    patience: PATIENCE,
    bulk: 1024 * KIB,
    flood: provider === "node" ? kernelFlood() : 1024 * KIB,
    close: () => Promise.resolve(),
  };
}

async function main(): Promise<void> {
  const world = await openWorld(process.argv[2]!);
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
