// One end of a bulk transfer, over this project's stack on a TAP device or over the kernel's own sockets:
// `transfer.ts (stack|kernel) (listen|connect) (send|receive) BYTES [offload]`. Prints JSON lines; ends by itself.
import { Ipv4Address } from "../../../src/address/index.js";
import type { Io } from "../../../src/host/index.js";
import { Stack } from "../../../src/stack/index.js";
import { StackDriver, nodeIo, nodeRandom, openTap } from "../../../hosts/node/index.js";
import { receiving, sending, type Account } from "./stream.js";

export const STACK_ADDRESS = "10.78.0.2";
export const KERNEL_ADDRESS = "10.78.0.1";
export const PREFIX_LENGTH = 24;
const PORT = 5001;

const [where = "", role = "", direction = "", size = "", mode = ""] = process.argv.slice(2);

function report(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function start(io: Io, remote: string, done: () => void): void {
  const finish = (account: Account): void => {
    report({ event: "done", ...account });
    done();
  };
  const callbacks = direction === "send" ? sending(Number(size), finish) : receiving(finish);
  if (role === "connect") {
    new io.TCP({ address: remote, port: PORT, ...callbacks });
    return;
  }
  const listener = new io.Listener({
    port: PORT,
    onReadable() {
      const from = this.read();
      if (from !== undefined) new io.TCP({ from, ...callbacks });
      listener.close();
    },
  });
  report({ event: "listening" });
}

async function main(): Promise<void> {
  if (where === "kernel") {
    start(nodeIo, STACK_ADDRESS, () => undefined);
    return;
  }
  const link = await openTap({ interface: "tap0", offload: mode === "offload" });
  const stack = new Stack({ random: nodeRandom });
  const address = Ipv4Address.parse(STACK_ADDRESS);
  stack.attach(link, { name: "tap0" }).configure({ address, prefixLength: PREFIX_LENGTH, dns: [] });
  const driver = new StackDriver(stack);
  report({ event: "open" });
  start(stack.io, KERNEL_ADDRESS, () => {
    // What was written last, and its acknowledgment, still have to go.
    const poll = setInterval(() => {
      if (stack.tcp.connections.some(({ stateName }) => stateName !== "TIME-WAIT")) return;
      clearInterval(poll);
      const { tcpRetransSegs, tcpOutSegs, tcpInSegs, drops } = stack.counters;
      report({ event: "closed", tcpRetransSegs, tcpOutSegs, tcpInSegs, drops });
      driver.stop();
      link.close();
    }, 20);
  });
}

void main();
