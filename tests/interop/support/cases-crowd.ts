import { execFileSync } from "node:child_process";
import type { Tcp } from "../../../src/host/index.js";
import { openTapHost, type Side } from "./tap-host.js";

const PORT = 13;
const GREETING = new TextEncoder().encode("hello\n");
/** So many connections are open at one time. */
const AT_ONCE = 20;
/** Short, so that the end of TIME-WAIT can be seen, in ms. */
const TIME_WAIT = 50;

interface Options {
  readonly connector: "stack" | "kernel";
  readonly count: number;
}

/** A server that greets and closes, and a client that comes `count` times. @returns how often it was greeted */
function comeAndGo(
  server: Side,
  client: Side,
  count: number,
): Promise<{ greeted: number; errors: string[] }> {
  server.act(() => {
    const { Listener, TCP } = server.io;
    new Listener({
      port: PORT,
      onReadable() {
        for (let from = this.read(); from !== undefined; from = this.read()) {
          new TCP({ from, onWritable: greet });
        }
      },
    });
  });
  return new Promise((resolve) => {
    let started = 0;
    let greeted = 0;
    const errors: string[] = [];
    const next = (): void => {
      if (greeted + errors.length === count) resolve({ greeted, errors });
      if (started === count) return;
      started++;
      let bytes = 0;
      new client.io.TCP({
        address: server.address,
        port: PORT,
        onReadable(this: Tcp) {
          const piece = this.read();
          if (piece instanceof ArrayBuffer) bytes += piece.byteLength;
        },
        onEnd(this: Tcp) {
          this.close();
          if (bytes === GREETING.length) greeted++;
          else errors.push(`${bytes} bytes`);
          next();
        },
        onError: (error) => {
          errors.push(error?.message ?? "closed");
          next();
        },
      });
    };
    for (let i = 0; i < AT_ONCE; i++) next();
  });

  function greet(this: Tcp): void {
    this.write(GREETING);
    this.close();
  }
}

/** Thousands of short connections, and what is left of them in both tables a little later. */
export async function manyConnections({ connector, count }: Options): Promise<object> {
  const host = await openTapHost({ tcp: { timeWait: TIME_WAIT } });
  const [server, client] = connector === "stack" ? [host.kernel, host.ours] : [host.ours, host.kernel];
  const { greeted, errors } = await comeAndGo(server, client, count);
  const { stack } = host;
  while (stack.tcp.endpoints.size > 0) await new Promise((resolve) => setTimeout(resolve, TIME_WAIT));
  const kernelStates = execFileSync("ss", ["-tanH"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`${host.ours.address}`))
    .map((line) => line.split(/\s/, 1)[0]);
  host.close();
  return { greeted, errors, kernelStates: [...new Set(kernelStates)], ours: stack.tcp.endpoints.size };
}
