import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { TcpSocket, UdpSocket, type SocketProvider } from "../../src/socket/index.js";
import { describeWith } from "../support/tools.js";
import { bootOnLan } from "./boot.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { heapSince, measureHeap, type Heap } from "./heap.js";
import type { Lan } from "./lan.js";
import { PreloadedEngine } from "./preload.js";

const ADDRESS = "192.168.7.60";
/** So many are measured together: what they share is not counted for one. */
const COUNT = 8;

// What docs/sockets.md says that a TcpSocket takes on top of the provider's socket.
const MOST_SLOTS = 15;
const MOST_SLOTS_WAITING = 70;

describeWith([requireXs()], "awaitable sockets inside XS", () => {
  let engine: PreloadedEngine;
  let lan: Lan;
  let provider: SocketProvider;
  let log: readonly string[];

  beforeEach(async () => {
    engine = new PreloadedEngine();
    const { script } = await bundle("awaitable-main.ts", { preloaded: true });
    ({ lan, log } = await bootOnLan(engine, script));
    provider = { io: lan.browser.stack.io, timers: lan.simulation.timers };
    await lan.simulation.runFor("1s");
  });

  afterEach(() => engine.stop());

  async function run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    await lan.simulation.until(() => isDone);
    return done;
  }

  async function connect(port: number): Promise<TcpSocket> {
    const socket = new TcpSocket(provider);
    await run(socket.connect([ADDRESS, port]));
    await lan.simulation.runFor("3s");
    return socket;
  }

  it("echo what they receive, and end when the peer does", async () => {
    const socket = await connect(7);
    const answer = async (): Promise<string> => {
      let text = "";
      for await (const bytes of socket) text += Buffer.from(bytes).toString();
      return text;
    };
    await run(socket.sendAll(Buffer.from("Grüße 🙂 ")));
    await run(socket.shutdown("write"));
    expect(await run(answer())).toBe("Grüße 🙂 bye");

    const udp = new UdpSocket(provider);
    await run(udp.sendTo(Buffer.from("ping"), [ADDRESS, 7]));
    const { data, address } = await run(udp.recvFrom());
    expect([Buffer.from(data).toString(), address.toString()]).toEqual(["ping", `${ADDRESS}:7`]);
    expect(log).toEqual([]);
  });

  /** What each connection to `port` takes inside the engine. */
  async function connectionHeap(port: number): Promise<Heap> {
    // The first makes what all share.
    await connect(port);
    const before = await measureHeap(engine);
    for (let i = 0; i < COUNT; i++) await connect(port);
    const { slots, chunkBytes } = heapSince(before, await measureHeap(engine));
    return { slots: Math.ceil(slots / COUNT), chunkBytes: Math.ceil(chunkBytes / COUNT) };
  }

  it("take this much", async () => {
    const bare = await connectionHeap(8);
    const idle = heapSince(bare, await connectionHeap(9));
    const waiting = heapSince(bare, await connectionHeap(10));
    process.stderr.write(
      [
        `XS: an idle connection of ECMA-419's TCP takes ${bare.slots} slots`,
        `XS: a TcpSocket takes ${idle.slots} slots and ${idle.chunkBytes} bytes more`,
        `XS: one that waits to receive takes ${waiting.slots} slots and ${waiting.chunkBytes} bytes more`,
        "",
      ].join("\n"),
    );
    expect(idle.slots).toBeLessThanOrEqual(MOST_SLOTS);
    expect(waiting.slots).toBeLessThanOrEqual(MOST_SLOTS_WAITING);
    expect(log).toEqual([]);
  });
});
