// One end of a bulk transfer, over this project's stack on a TAP device or over the kernel's own sockets:
// `transfer.ts (stack|kernel) (listen|connect) (send|receive) BYTES [offload]`. Prints JSON lines; ends by itself.
import { createHash } from "node:crypto";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Io, Tcp } from "../../../src/host/index.js";
import { Stack } from "../../../src/stack/index.js";
import { StackDriver, nodeIo, nodeRandom, openTap } from "../../../hosts/node/index.js";

export const STACK_ADDRESS = "10.78.0.2";
export const KERNEL_ADDRESS = "10.78.0.1";
export const PREFIX_LENGTH = 24;
const PORT = 5001;
const CHUNK = 64 * 1024;

const [where = "", role = "", direction = "", size = "", mode = ""] = process.argv.slice(2);

function report(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Bytes that differ from place to place, as the hash must see if one is lost or doubled. */
function fill(chunk: Uint8Array, offset: number): Uint8Array {
  for (let i = 0; i < chunk.length; i += 4) {
    const word = Math.imul(offset + i, 0x9e3779b1);
    chunk[i] = word;
    chunk[i + 1] = word >>> 8;
    chunk[i + 2] = word >>> 16;
    chunk[i + 3] = word >>> 24;
  }
  return chunk;
}

function transfer(io: Io, remote: string, done: () => void): void {
  const total = Number(size);
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK);
  let count = 0;
  const finish = (error?: Error): void => {
    report({
      event: "done",
      bytes: count,
      sha256: hash.digest("hex"),
      ...(error && { error: error.message }),
    });
    done();
  };
  const callbacks = {
    onWritable(this: Tcp, room: number) {
      while (direction === "send" && count < total && room > 0) {
        const part = fill(chunk, count).subarray(
          0,
          Math.min(room, CHUNK, total - count) & ~3 || Math.min(room, total - count),
        );
        hash.update(part);
        room = this.write(part);
        count += part.length;
      }
      if (direction === "send" && count === total) {
        this.close();
        finish();
        count = Infinity;
      }
    },
    onReadable(this: Tcp) {
      const bytes = this.read();
      if (!(bytes instanceof ArrayBuffer)) return;
      hash.update(new Uint8Array(bytes));
      count += bytes.byteLength;
    },
    onEnd(this: Tcp) {
      this.close();
      finish();
    },
    onError: finish,
  };
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
    transfer(nodeIo, STACK_ADDRESS, () => undefined);
    return;
  }
  const link = await openTap({ interface: "tap0", offload: mode === "offload" });
  const stack = new Stack({ random: nodeRandom });
  const address = Ipv4Address.parse(STACK_ADDRESS);
  stack.attach(link, { name: "tap0" }).configure({ address, prefixLength: PREFIX_LENGTH, dns: [] });
  const driver = new StackDriver(stack);
  report({ event: "open" });
  transfer(stack.io, KERNEL_ADDRESS, () => {
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
