// What programs on this project's stack and on the kernel's do to each other over a TAP device, in one process that
// runs in the namespace of the device: it takes `[case, options]` as JSON lines and prints each one's result.
import { createInterface } from "node:readline";
import { transferCase } from "./cases-bulk.js";
import { manyConnections } from "./cases-crowd.js";
import {
  closedPort,
  halfCloseByKernel,
  halfCloseByStack,
  resetByKernel,
  resetByStack,
} from "./cases-endings.js";
import { iperf } from "./cases-iperf.js";

const CASES: Readonly<Record<string, (options: never) => Promise<object>>> = {
  closedPort,
  halfCloseByKernel,
  halfCloseByStack,
  iperf,
  manyConnections,
  resetByKernel,
  resetByStack,
  transfer: transferCase,
};

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, options] = JSON.parse(line) as [string, never];
    process.stdout.write(`${JSON.stringify(await CASES[name]!(options))}\n`);
  }
  process.exit();
}

void main();
