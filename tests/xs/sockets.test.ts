import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Tcp } from "../../src/host/index.js";
import { loss } from "../../simulator/index.js";
import { describeWith } from "../support/tools.js";
import { bootOnLan } from "./boot.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { heapSince, measureHeap, SLOT_BYTES, type Heap } from "./heap.js";
import type { Lan } from "./lan.js";
import { PreloadedEngine } from "./preload.js";

const ADDRESS = "192.168.7.60";
const ECHO_PORT = 7;
/** So many are measured together: what they share, and what tables hold in reserve, is not counted for one. */
const COUNT = 8;
/** What each sends, and gets back: more than a segment, less than the buffers. */
const QUESTION = new Uint8Array(2_000).fill(0x2a);
/** Enough for acknowledgments and timers to be done. */
const IDLE_TIME = "3s";
/** When a question is on its way to the device, and its answer is not yet; how long before the device repeats that. */
const HALF_WAY = 1.5;
const IN_FLIGHT_TIME = 500;

// What docs/memory.md says.
const MOST_SLOTS = 120;
const MOST_BYTES = 10 * 1024;
const MOST_SLOTS_IN_FLIGHT = 80;
const MOST_SLOTS_OF_A_LISTENER = 30;

describeWith([requireXs()], "sockets inside XS", () => {
  let engine: PreloadedEngine;
  let lan: Lan;
  let missing: number;
  let sockets: Tcp[];

  beforeEach(async () => {
    engine = new PreloadedEngine();
    ({ lan } = await bootOnLan(engine, (await bundle("sockets-main.ts", { preloaded: true })).script));
    missing = 0;
    sockets = [];
    await lan.simulation.runFor("1s");
  });

  afterEach(() => engine.stop());

  function ask(socket: Tcp): void {
    missing += QUESTION.length;
    socket.write(QUESTION);
  }

  /** Opens `count` connections, one after the other, which stay open; each has its question echoed. */
  async function converse(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      let isConnected = false;
      const socket = new lan.browser.stack.io.TCP({
        address: ADDRESS,
        port: ECHO_PORT,
        onWritable: () => (isConnected = true),
        onReadable(this: Tcp) {
          missing -= (this.read() as ArrayBuffer).byteLength;
        },
      });
      sockets.push(socket);
      await lan.simulation.until(() => isConnected);
      ask(socket);
      await lan.simulation.until(() => missing === 0);
      await lan.simulation.runFor(IDLE_TIME);
    }
  }

  /** Has all questions echoed once more, but the answers do not arrive. */
  async function loseAnswers(): Promise<void> {
    sockets.forEach(ask);
    await lan.simulation.runFor(HALF_WAY);
    lan.deviceCable.impair(loss(1));
    await lan.simulation.runFor(IN_FLIGHT_TIME);
    expect(missing).toBe(sockets.length * QUESTION.length);
  }

  /** What each of `COUNT` takes that `make` makes. */
  async function each(make: () => Promise<void>): Promise<Heap> {
    const before = await measureHeap(engine);
    await make();
    const { slots, chunkBytes } = heapSince(before, await measureHeap(engine));
    return { slots: Math.ceil(slots / COUNT), chunkBytes: Math.ceil(chunkBytes / COUNT) };
  }

  it("take this much while they are idle, and while something is in flight", async () => {
    await converse(1);
    const connection = await each(() => converse(COUNT));
    const listener = await each(async () => {
      for (let i = 0; i < COUNT; i++) await engine.evaluate(`listen(${100 + i})`);
    });
    const flight = await each(loseAnswers);
    const bytes = SLOT_BYTES * connection.slots + connection.chunkBytes;
    process.stderr.write(
      [
        `XS: an idle connection takes ${connection.slots} slots and ${connection.chunkBytes} bytes, ${bytes} in all`,
        `XS: what is in flight takes ${flight.slots} slots more`,
        `XS: a listener takes ${listener.slots} slots and ${listener.chunkBytes} bytes`,
        "",
      ].join("\n"),
    );
    expect(connection.slots).toBeLessThanOrEqual(MOST_SLOTS);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(flight.slots).toBeLessThanOrEqual(MOST_SLOTS_IN_FLIGHT);
    expect(listener.slots).toBeLessThanOrEqual(MOST_SLOTS_OF_A_LISTENER);
  });
});
