import { once } from "node:events";
import type { Tcp } from "../../src/host/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { LoopbackServer } from "../support/loopback.js";
import { Pair } from "../support/pair.js";
import { compare } from "../support/rounds.js";

const PORT = 13;
/** What one connection may take on a busy machine, in ms. */
const PATIENCE = 30_000;

/** What a connection costs that carries nothing: buffers, tables, timers and seven segments. */
export const connections: Benchmark = {
  name: "tcp/connections",
  summary: "connections opened, accepted and closed by both ends, one at a time",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const server = await LoopbackServer.start("close");
  try {
    const [theirs, ours] = await compare(
      effort,
      connections.name,
      (duration) => connectOverLoopback(server, duration),
      connectInProcess,
    );
    const node = "tcp/connections/node-loopback";
    const unit = "connections/s";
    return [
      { name: node, title: "Node over kernel loopback, two processes", value: theirs, unit },
      { name: "tcp/connections/pair", title: "two stacks in one process", ...ours!, unit, against: node },
    ];
  } finally {
    await server.stop();
  }
}

/** The server closes first, so that the connections it has had are in TIME-WAIT: as many as its table holds. */
function connectInProcess(duration: number): number {
  const pair = new Pair();
  let count = 0;
  let start = 0;
  pair.serve(PORT, {
    onWritable(this: Tcp) {
      this.close();
    },
  });
  connectNext();
  start = pair.run(() => true, PATIENCE);
  const end = pair.run((now) => now - start >= duration, duration + PATIENCE);
  pair.assertClean();
  return (count / (end - start)) * 1000;

  function connectNext(): void {
    pair.connect(PORT, {
      onEnd() {
        this.close();
        count++;
        connectNext();
      },
    });
  }
}

async function connectOverLoopback(server: LoopbackServer, duration: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  let elapsed: number;
  do {
    const socket = await server.connect();
    socket.resume();
    await once(socket, "close");
    count++;
    elapsed = performance.now() - start;
  } while (elapsed < duration);
  return (count / elapsed) * 1000;
}
