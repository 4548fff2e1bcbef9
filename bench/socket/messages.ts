import { nodeIo, nodeTimers } from "../../hosts/node/index.js";
import { TcpSocket } from "../../src/socket/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { LoopbackServer } from "../support/loopback.js";
import { compare } from "../support/rounds.js";
import { Conversation, echoInProcess, echoOverLoopback, MESSAGE_SIZE, perSecond } from "../tcp/echo.js";
import { connectInProcess, PATIENCE } from "./in-process.js";

/** One small message at a time, there and back: what a call and its promise cost. */
export const socketMessages: Benchmark = {
  name: "socket/messages",
  summary: `round trips of ${MESSAGE_SIZE} bytes through TcpSocket: against the stack's own TCP, and against node:net`,
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const server = await LoopbackServer.start("echo");
  try {
    const [rawStack, overStack] = await compare(
      effort,
      "socket/messages, stack",
      echoInProcess,
      socketsInProcess,
    );
    const [rawNode, overNode] = await compare(
      effort,
      "socket/messages, node",
      (duration) => echoOverLoopback(server, duration),
      (duration) => socketOverLoopback(server, duration),
    );
    const unit = "round trips/s";
    return [
      {
        name: "socket/messages/stack-raw",
        title: "two stacks in one process, ECMA-419's TCP at both ends",
        value: rawStack,
        unit,
      },
      {
        name: "socket/messages/stack",
        title: "the same, TcpSocket at both ends",
        ...overStack!,
        unit,
        against: "socket/messages/stack-raw",
        atLeast: 0.7,
      },
      {
        name: "socket/messages/node-raw",
        title: "node:net over kernel loopback, two processes",
        value: rawNode,
        unit,
      },
      {
        name: "socket/messages/node",
        title: "the same, TcpSocket in this process",
        ...overNode!,
        unit,
        against: "socket/messages/node-raw",
        atLeast: 0.8,
      },
    ];
  } finally {
    await server.stop();
  }
}

async function socketsInProcess(duration: number): Promise<number> {
  const { pair, client, server } = await connectInProcess();
  const echoing = (async () => {
    const buffer = new Uint8Array(MESSAGE_SIZE);
    for (let count = await server.recvInto(buffer); count > 0; count = await server.recvInto(buffer))
      await server.sendAll(count === MESSAGE_SIZE ? buffer : buffer.subarray(0, count));
  })();
  const start = performance.now();
  let isDone = false;
  const conversing = converse(client, start + duration).finally(() => (isDone = true));
  await pair.runAwaiting(() => isDone, duration + PATIENCE);
  const elapsed = performance.now() - start;
  const roundTrips = await conversing;
  await client.close();
  await pair.runAwaiting(
    () => pair.server.tcp.connections.every(({ peerFinished }) => peerFinished),
    PATIENCE,
  );
  await echoing;
  pair.assertClean();
  return perSecond(roundTrips, elapsed);
}

async function socketOverLoopback({ port }: LoopbackServer, duration: number): Promise<number> {
  const socket = new TcpSocket({ io: nodeIo, timers: nodeTimers }, { noDelay: true });
  await socket.connect(["127.0.0.1", port]);
  const start = performance.now();
  const roundTrips = await converse(socket, start + duration);
  const elapsed = performance.now() - start;
  await socket.close();
  return perSecond(roundTrips, elapsed);
}

/** @returns how many round trips there were until `end` */
async function converse(socket: TcpSocket, end: number): Promise<number> {
  const conversation = new Conversation();
  const buffer = new Uint8Array(MESSAGE_SIZE);
  while (performance.now() < end) {
    await socket.sendAll(conversation.next());
    for (let isAnswered = false; !isAnswered;)
      isAnswered = conversation.takes(buffer, await socket.recvInto(buffer));
  }
  return conversation.roundTrips;
}
