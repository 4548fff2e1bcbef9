import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { describeWith } from "../support/tools.js";
import { bootOnLan, type BootedDevice } from "./boot.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { heapSince, measureHeap, type Heap } from "./heap.js";
import { PreloadedEngine } from "./preload.js";

/** Enough for announcements to be sent and timers to be done, and much less than until T1. */
const IDLE_TIME = "60s";
/** From the lease's begin to T1 of the lease of two hours, which is up to a sixteenth of the lease sooner than its half. */
const RENEWAL_TIME = "65m";

// What docs/memory.md says.
const MOST_SLOTS = 400;

describeWith([requireXs()], "a DHCP client inside XS", () => {
  let engine: PreloadedEngine;
  let booted: BootedDevice;

  beforeEach(async () => {
    engine = new PreloadedEngine();
    booted = await bootOnLan(engine, (await bundle("dhcp-main.ts", { preloaded: true })).script);
    await booted.lan.simulation.runFor("1s");
  });

  afterEach(() => engine.stop());

  /** Runs a script in the device, and then has it look at its timers: it does with each frame that comes. */
  async function run(script: string): Promise<void> {
    await engine.evaluate(script);
    const socket = new booted.lan.browser.stack.io.UDP({ broadcast: true });
    socket.write(new Uint8Array(1), "192.168.7.255", 9);
    socket.close();
  }

  /** Starts a client, and waits until it is idle with its lease. */
  async function bind(): Promise<void> {
    const { log, lan } = booted;
    const count = log.length;
    await run("startClient()");
    await lan.simulation.until(() => log.length > count);
    expect(log.slice(count)).toEqual(["bound"]);
    await lan.simulation.runFor(IDLE_TIME);
  }

  it("takes this much while it is bound, before and after a renewal", async () => {
    const { lan, log, device } = booted;
    const unconfigured = await measureHeap(engine);
    await bind();
    const inAll = heapSince(unconfigured, await measureHeap(engine));
    // What the first client has brought into being for all that follow, in the stack too, is not counted for the second.
    await run("stopClient()");
    await run("configure()");
    await lan.simulation.runFor(IDLE_TIME);
    const byHand = await measureHeap(engine);

    await bind();
    const bound = heapSince(byHand, await measureHeap(engine));
    const before = device.totals.compute;
    await lan.simulation.runFor(RENEWAL_TIME);
    expect(log.at(-1)).toBe("renewed");
    const work = device.totals.compute - before;
    const renewed = heapSince(byHand, await measureHeap(engine));

    const tell = ({ slots, chunkBytes }: Heap): string => `${slots} slots and ${chunkBytes} bytes`;
    process.stderr.write(
      [
        `XS: a DHCP client that is bound takes ${tell(bound)}, after a renewal ${tell(renewed)}`,
        `XS: the first one, with the address that the stack has then, ${tell(inAll)}`,
        `XS: a renewal of the lease takes ${work} computrons`,
        "",
      ].join("\n"),
    );
    expect(inAll.slots).toBeLessThanOrEqual(MOST_SLOTS);
    expect(bound.slots).toBeLessThanOrEqual(MOST_SLOTS);
    expect(renewed.slots).toBeLessThanOrEqual(MOST_SLOTS);
  });
});
