// Runs as a process of its own, in the network namespace of the TAP interface: see tap.ts. It tells when it is there,
// makes one transfer for each message, and ends when the channel is closed.
import { StackDriver, nodeRandom, openTap } from "../../hosts/node/index.js";
import { Ipv4Address } from "../../src/address/index.js";
import type { Tcp } from "../../src/host/index.js";
import { Stack } from "../../src/stack/index.js";
import { WRITE_SIZE } from "./pattern.js";
import { KERNEL_ADDRESS, PREFIX_LENGTH, STACK_ADDRESS, TAP, type Rate, type Transfer } from "./tap.js";

/** How often a connection is looked at that is closing, in ms. */
const LOOK_INTERVAL = 1;

const data = new Uint8Array(WRITE_SIZE);
const buffer = new Uint8Array(WRITE_SIZE);

function fail(error?: Error): never {
  throw error ?? new Error("the connection was closed");
}

/** From the connection's being there until the kernel's program has read the last byte, and closed its end as well. */
function send(stack: Stack, { port, duration }: Transfer, done: (rate: Rate) => void): void {
  let start: number | undefined;
  let bytes = 0;
  let isClosed = false;
  new stack.io.TCP({
    address: KERNEL_ADDRESS,
    port,
    onError: fail,
    onWritable(this: Tcp, room) {
      start ??= performance.now();
      if (isClosed) return;
      for (; room >= WRITE_SIZE; bytes += WRITE_SIZE) room = this.write(data);
      if (performance.now() - start < duration) return;
      isClosed = true;
      this.close();
      const look = setInterval(() => {
        if (stack.tcp.connections.some(({ stateName }) => stateName !== "TIME-WAIT")) return;
        clearInterval(look);
        done({ bytes, elapsed: performance.now() - start! });
      }, LOOK_INTERVAL);
    },
  });
}

/** From asking for data until the end of it. */
function receive(stack: Stack, { port, duration }: Transfer, done: (rate: Rate) => void): void {
  let start: number | undefined;
  let bytes = 0;
  new stack.io.TCP({
    address: KERNEL_ADDRESS,
    port,
    onError: fail,
    onWritable(this: Tcp) {
      if (start !== undefined) return;
      start = performance.now();
      const request = Buffer.alloc(8);
      request.writeDoubleBE(duration);
      this.write(request);
    },
    onReadable(this: Tcp) {
      for (let count = this.read(buffer); count !== undefined; count = this.read(buffer)) bytes += count;
    },
    onEnd(this: Tcp) {
      this.close();
      done({ bytes, elapsed: performance.now() - start! });
    },
  });
}

async function main(): Promise<void> {
  const link = await openTap({ interface: TAP, offload: process.argv[2] === "offload" });
  const stack = new Stack({ random: nodeRandom });
  const address = Ipv4Address.parse(STACK_ADDRESS);
  stack.attach(link, { name: TAP }).configure({ address, prefixLength: PREFIX_LENGTH, dns: [] });
  new StackDriver(stack);
  process.on("message", (transfer: Transfer) => {
    const answer = (rate: Rate): void => void process.send!(rate);
    if (transfer.direction === "send") send(stack, transfer, answer);
    else receive(stack, transfer, answer);
  });
  process.on("disconnect", () => process.exit());
  process.send!({});
}

void main();
