import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Tcp } from "../../src/host/index.js";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs, XsEngine } from "./engine.js";
import { EngineDevice } from "./engine-device.js";
import { heapSince, measureHeap, type Heap } from "./heap.js";
import { DEVICE_MAC, Lan } from "./lan.js";

const ADDRESS = "192.168.7.60";
const ECHO_PORT = 7;
/** So many are measured together: what they share, and what tables hold in reserve, is not counted for one. */
const COUNT = 8;
/** What each sends, and gets back: more than a segment, less than the buffers. */
const QUESTION = new Uint8Array(2_000).fill(0x2a);
/** Enough for acknowledgments and timers to be done, as the device counts time. */
const IDLE_TIME = "3s";

/** What docs/memory.md says. A slot takes 16 bytes on a microcontroller. */
const MOST_SLOTS = 185;
const MOST_BYTES = 11.5 * 1024;
const SLOT = 16;
const MOST_SLOTS_OF_A_LISTENER = 30;

describeWith([requireXs()], "sockets inside XS", () => {
  let engine: XsEngine;
  let lan: Lan;

  beforeEach(async () => {
    engine = new XsEngine();
    const { script } = await bundle("sockets-main.ts");
    await engine.evaluate(script);
    lan = new Lan();
    new EngineDevice({
      simulation: lan.simulation,
      link: lan.deviceCable.plug({ name: "device", mac: DEVICE_MAC }),
      random: lan.simulation.random.fork("device"),
      engine,
      memory: () => ({ used: 0 }),
    });
    await lan.simulation.runFor("1s");
  });

  afterEach(() => engine.stop());

  /** Opens `count` connections, one after the other, which stay open; each has its question echoed. */
  async function converse(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      let missing = QUESTION.length;
      new lan.browser.stack.io.TCP({
        address: ADDRESS,
        port: ECHO_PORT,
        onWritable(this: Tcp) {
          if (this.target === undefined) this.write(QUESTION);
          this.target = "asked";
        },
        onReadable(this: Tcp) {
          missing -= (this.read() as ArrayBuffer).byteLength;
        },
      });
      await lan.simulation.until(() => missing === 0);
      await lan.simulation.runFor(IDLE_TIME);
    }
  }

  /** What each of `COUNT` takes that `make` makes. */
  async function each(make: () => Promise<void>): Promise<Heap> {
    const before = await measureHeap(engine);
    await make();
    const { slots, chunkBytes } = heapSince(before, await measureHeap(engine));
    return { slots: Math.ceil(slots / COUNT), chunkBytes: Math.ceil(chunkBytes / COUNT) };
  }

  it("take this much while they are idle", async () => {
    await converse(1);
    const connection = await each(() => converse(COUNT));
    const listener = await each(async () => {
      for (let i = 0; i < COUNT; i++) await engine.evaluate(`listen(${100 + i})`);
    });
    const bytes = SLOT * connection.slots + connection.chunkBytes;
    process.stderr.write(
      `XS: an idle connection takes ${connection.slots} slots and ${connection.chunkBytes} bytes, ${bytes} in all\n` +
        `XS: a listener takes ${listener.slots} slots and ${listener.chunkBytes} bytes\n`,
    );
    expect(connection.slots).toBeLessThanOrEqual(MOST_SLOTS);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(listener.slots).toBeLessThanOrEqual(MOST_SLOTS_OF_A_LISTENER);
  });
});
