import { once } from "node:events";
import { nodeIo, nodeTimers } from "../../hosts/node/index.js";
import { TcpSocket } from "../../src/socket/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { LoopbackServer } from "../support/loopback.js";
import { Pattern, WRITE_SIZE } from "../support/pattern.js";
import { compare, type Comparison } from "../support/rounds.js";
import { transferInProcess } from "../tcp/bulk.js";
import { checkCount, gigabits, transferOverLoopback } from "../tcp/over-loopback.js";
import { connectInProcess, PATIENCE } from "./in-process.js";

const pattern = new Pattern();

/** Bulk data through TcpSocket, against what is beneath it. */
export const socketBytes: Benchmark = {
  name: "socket/bytes",
  summary: "data one way through TcpSocket: against the stack's own TCP, and against node:net",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const discard = await LoopbackServer.start("discard");
  const source = await LoopbackServer.start("source");
  try {
    const stack = await compare(
      effort,
      "socket/bytes, stack",
      (duration) => transferInProcess({}, duration),
      socketsInProcess,
    );
    const sending = await compare(
      effort,
      "socket/bytes, sending",
      (duration) => transferOverLoopback(discard, duration),
      (duration) => sendOverLoopback(discard, duration),
    );
    const receiving = await compare(
      effort,
      "socket/bytes, receiving",
      (duration) => receiveWithNode(source, duration),
      (duration) => receiveOverLoopback(source, duration),
    );
    return [
      ...rows("stack", "two stacks in one process", stack, 0.7),
      ...rows("node-send", "to a server over kernel loopback", sending, 0.8),
      ...rows("node-receive", "from a server over kernel loopback", receiving, 0.8),
    ];
  } finally {
    await discard.stop();
    await source.stop();
  }
}

function rows(
  name: string,
  title: string,
  [theirs, ours]: readonly [number, ...Comparison[]],
  atLeast: number,
): readonly Measurement[] {
  const against = `socket/bytes/${name}-raw`;
  const unit = "Gbit/s";
  return [
    { name: against, title: `${title}, without TcpSocket`, value: theirs, unit },
    { name: `socket/bytes/${name}`, title: `${title}, TcpSocket`, ...ours!, unit, against, atLeast },
  ];
}

/** From the first write until the last byte has been read. */
async function socketsInProcess(duration: number): Promise<number> {
  const { pair, client, server } = await connectInProcess();
  let sent = 0;
  let received = 0;
  let stopping = false;
  const sending = (async () => {
    while (!stopping) {
      await client.sendAll(pattern.piece(sent));
      sent += WRITE_SIZE;
    }
    await client.close();
  })();
  const receiving = (async () => {
    const buffer = new Uint8Array(WRITE_SIZE);
    for (let count = await server.recvInto(buffer); count > 0; count = await server.recvInto(buffer)) {
      pattern.check(received, buffer, count);
      received += count;
    }
  })();
  let isDone = false;
  const work = Promise.all([sending, receiving]).finally(() => (isDone = true));
  const start = performance.now();
  await pair.runAwaiting((now) => now - start >= duration, duration + PATIENCE);
  stopping = true;
  const end = await pair.runAwaiting(() => isDone, PATIENCE);
  await work;
  checkCount(received, sent);
  pair.assertClean();
  return gigabits(received, end - start);
}

async function connect({ port }: LoopbackServer): Promise<TcpSocket> {
  const socket = new TcpSocket({ io: nodeIo, timers: nodeTimers }, { noDelay: true });
  await socket.connect(["127.0.0.1", port]);
  return socket;
}

async function sendOverLoopback(server: LoopbackServer, duration: number): Promise<number> {
  const socket = await connect(server);
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < duration) {
    await socket.sendAll(pattern.piece(sent));
    sent += WRITE_SIZE;
  }
  await socket.shutdown("write");
  const answer = Buffer.from(await socket.recv(8));
  const elapsed = performance.now() - start;
  await socket.close();
  checkCount(answer.readDoubleBE(), sent);
  return gigabits(sent, elapsed);
}

/** What the source is asked for. */
function request(duration: number): Buffer {
  const question = Buffer.alloc(8);
  question.writeDoubleBE(duration);
  return question;
}

async function receiveOverLoopback(server: LoopbackServer, duration: number): Promise<number> {
  const socket = await connect(server);
  const buffer = new Uint8Array(WRITE_SIZE);
  const start = performance.now();
  let received = 0;
  await socket.sendAll(request(duration));
  for (let count = await socket.recvInto(buffer); count > 0; count = await socket.recvInto(buffer))
    received += count;
  const elapsed = performance.now() - start;
  await socket.close();
  return gigabits(received, elapsed);
}

async function receiveWithNode(server: LoopbackServer, duration: number): Promise<number> {
  const socket = await server.connect();
  const start = performance.now();
  let received = 0;
  socket.on("data", (piece) => (received += piece.length));
  socket.write(request(duration));
  await once(socket, "end");
  return gigabits(received, performance.now() - start);
}
