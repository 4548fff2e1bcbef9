import type { Tcp } from "../../src/host/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { LoopbackServer } from "../support/loopback.js";
import { Pair, type PairOptions } from "../support/pair.js";
import { Pattern, WRITE_SIZE } from "../support/pattern.js";
import { compare } from "../support/rounds.js";
import { checkCount, gigabits, transferOverLoopback } from "./over-loopback.js";

const PORT = 9;
/** What a handshake, or the end of a transfer, may take on a busy machine, in ms. */
const PATIENCE = 30_000;

const pattern = new Pattern();

/** Bulk data over one TCP connection. */
export const bulk: Benchmark = {
  name: "tcp/bulk",
  summary: "data one way: two stacks in this process, against Node over kernel loopback",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const server = await LoopbackServer.start("discard");
  try {
    const [theirs, ordinary, large] = await compare(
      effort,
      bulk.name,
      (duration) => transferOverLoopback(server, duration),
      (duration) => transferInProcess({}, duration),
      (duration) => transferInProcess({ large: true }, duration),
    );
    const node = "tcp/bulk/node-loopback";
    const unit = "Gbit/s";
    return [
      { name: node, title: "Node over kernel loopback, two processes", value: theirs, unit },
      {
        name: "tcp/bulk/pair-1500",
        title: "two stacks in one process, MTU 1500, all checksums",
        ...ordinary!,
        unit,
        against: node,
        atLeast: 0.4,
      },
      {
        name: "tcp/bulk/pair-large",
        title: "the same, segments of 64 KiB, checksums left to the link",
        ...large!,
        unit,
        against: node,
        atLeast: 1,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** From the first write until the last byte has been read. */
export function transferInProcess(options: PairOptions, duration: number): number {
  const pair = new Pair(options);
  const buffer = new Uint8Array(WRITE_SIZE);
  let sent = 0;
  let received = 0;
  let connected = false;
  let stopping = false;
  let ended = false;

  pair.serve(PORT, { onReadable: drain, onEnd });
  const client = pair.connect(PORT, {
    onWritable(room) {
      connected = true;
      while (room >= WRITE_SIZE && !stopping) {
        room = this.write(pattern.piece(sent));
        sent += WRITE_SIZE;
      }
    },
  });

  const start = pair.run(() => connected, PATIENCE);
  pair.run((now) => now - start >= duration, duration + PATIENCE);
  stopping = true;
  client.close();
  const end = pair.run(() => ended, PATIENCE);
  checkCount(received, sent);
  pair.assertClean();
  return gigabits(received, end - start);

  function drain(this: Tcp): void {
    for (let count = this.read(buffer); count !== undefined; count = this.read(buffer)) {
      pattern.check(received, buffer, count);
      received += count;
    }
  }

  function onEnd(this: Tcp): void {
    ended = true;
    this.close();
  }
}
