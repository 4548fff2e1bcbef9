import { once } from "node:events";
import type { Tcp } from "../../src/host/index.js";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { LoopbackServer } from "../support/loopback.js";
import { Pair } from "../support/pair.js";
import { compare } from "../support/rounds.js";

const PORT = 7;
/** A small request and its answer, in bytes. */
export const MESSAGE_SIZE = 64;
/** What a handshake or one round trip may take on a busy machine, in ms. */
const PATIENCE = 30_000;

/** One small message at a time, there and back: what latency costs. */
export const echo: Benchmark = {
  name: "tcp/echo",
  summary: `round trips of ${MESSAGE_SIZE} bytes, one at a time, against Node over kernel loopback`,
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const server = await LoopbackServer.start("echo");
  try {
    const [theirs, ours] = await compare(
      effort,
      echo.name,
      (duration) => echoOverLoopback(server, duration),
      echoInProcess,
    );
    const node = "tcp/echo/node-loopback";
    const unit = "round trips/s";
    return [
      { name: node, title: "Node over kernel loopback, two processes", value: theirs, unit },
      {
        name: "tcp/echo/pair",
        title: "two stacks in one process",
        ...ours!,
        unit,
        against: node,
        atLeast: 5,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** The client's side: messages that are numbered, and answers that must equal them. */
export class Conversation {
  roundTrips = 0;
  readonly #message = Buffer.alloc(MESSAGE_SIZE);
  readonly #answer = Buffer.alloc(MESSAGE_SIZE);
  #answered = 0;

  next(): Uint8Array {
    this.#answered = 0;
    this.#message.writeUInt32BE(this.roundTrips);
    return this.#message;
  }

  /** Takes a piece of the answer. @returns true if that completes it. @throws Error if it is wrong */
  takes(piece: Uint8Array, count: number): boolean {
    if (this.#answered + count > MESSAGE_SIZE) throw new Error("the answer is longer than the message");
    this.#answer.set(count === piece.length ? piece : piece.subarray(0, count), this.#answered);
    this.#answered += count;
    if (this.#answered < MESSAGE_SIZE) return false;
    if (!this.#answer.equals(this.#message)) throw new Error(`answer ${this.roundTrips} is not the message`);
    this.roundTrips++;
    return true;
  }
}

export function echoInProcess(duration: number): number {
  const pair = new Pair();
  const conversation = new Conversation();
  const serverBuffer = new Uint8Array(MESSAGE_SIZE);
  const clientBuffer = new Uint8Array(MESSAGE_SIZE);
  let connected = false;

  pair.serve(PORT, { noDelay: true, onReadable: answer });
  pair.connect(PORT, {
    noDelay: true,
    onWritable() {
      if (connected) return;
      connected = true;
      this.write(conversation.next());
    },
    onReadable() {
      const count = this.read(clientBuffer) ?? 0;
      if (conversation.takes(clientBuffer, count)) this.write(conversation.next());
    },
  });

  const start = pair.run(() => connected, PATIENCE);
  const end = pair.run((now) => now - start >= duration, duration + PATIENCE);
  pair.assertClean();
  return perSecond(conversation.roundTrips, end - start);

  function answer(this: Tcp): void {
    const count = this.read(serverBuffer) ?? 0;
    this.write(count === MESSAGE_SIZE ? serverBuffer : serverBuffer.subarray(0, count));
  }
}

export async function echoOverLoopback(server: LoopbackServer, duration: number): Promise<number> {
  const socket = await server.connect();
  const conversation = new Conversation();
  const start = performance.now();
  socket.on("data", (piece) => {
    if (!conversation.takes(piece, piece.length)) return;
    if (performance.now() - start < duration) socket.write(conversation.next());
    else socket.end();
  });
  socket.write(conversation.next());
  await once(socket, "end");
  return perSecond(conversation.roundTrips, performance.now() - start);
}

/** @param elapsed ms */
export function perSecond(count: number, elapsed: number): number {
  return (count / elapsed) * 1000;
}
