import { afterEach, describe, expect, it } from "@jest/globals";
import { Cable, Simulation, SimulatedRandom, type CableEnd } from "../../simulator/index.js";
import { describeWith } from "../support/tools.js";
import { BareV8 } from "./bare-v8.js";
import { bundle } from "./bundle.js";
import { requireXs, XsEngine, type Engine } from "./engine.js";
import { EngineDevice } from "./engine-device.js";

/** When frames arrive at the far end of a cable of 5 ms, and how long they are. */
interface Arrival {
  readonly time: number;
  readonly length: number;
  readonly head: number;
}

const engines: Engine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

async function plugEcho(engine: Engine) {
  engines.push(engine);
  await engine.evaluate((await bundle("echo-main.ts")).script);
  const simulation = new Simulation();
  const cable = new Cable(simulation, { name: "echo", latency: 5 });
  const log: string[] = [];
  const device = new EngineDevice({
    simulation,
    link: cable.plug({ name: "echo" }),
    random: SimulatedRandom.fromSeed(7),
    engine,
    log: (level, line) => log.push(`${simulation.now()} ${level} ${line}`),
    memory: () => ({ used: 4096 }),
  });
  const peer: CableEnd = cable.plug({ name: "peer" });
  const arrivals: Arrival[] = [];
  peer.onReceive = (frame, length, time) => {
    arrivals.push({ time, length, head: new DataView(frame.buffer, frame.byteOffset).getUint32(0) });
  };
  const sendAt = (time: number, length: number): unknown =>
    simulation.scheduleAt(time, () => peer.transmit(new Uint8Array(length), length));
  return { simulation, cable, device, log, arrivals, sendAt };
}

async function converse(engine: Engine) {
  const { simulation, cable, device, log, arrivals, sendAt } = await plugEcho(engine);
  sendAt(10, 60);
  sendAt(10, 61);
  sendAt(22.5, 62);
  sendAt(100, 63);
  simulation.scheduleAt(106, () => cable.cut());
  simulation.scheduleAt(200, () => cable.mend());
  await simulation.runFor("1s");
  return { arrivals, log, requests: device.totals.requests };
}

describe("a device in an engine, on a cable", () => {
  it("takes frames and time from the simulation and gives frames and deadlines back", async () => {
    const { arrivals, log, requests } = await converse(new BareV8());
    // 5 ms each way; at once, and 25 ms later; the cable is cut when the last frame's second echo is due.
    expect(arrivals.map(({ time, length }) => [time, length])).toEqual([
      [20, 60],
      [20, 61],
      [32.5, 62],
      [45, 60],
      [45, 61],
      [57.5, 62],
    ]);
    // The cable comes up when its second end is plugged in.
    expect(log.filter((line) => line.includes("link"))).toEqual([
      "0 info link down",
      "0 info link up",
      "106 info link down",
      "200 info link up",
    ]);
    // At 0 (twice), 15 (both frames), 27.5, 40, 52.5, 105, 106, 130 and 200.
    expect(requests).toBe(10);
  });

  it("fails the one who moves the time if the engine fails", async () => {
    const engine = new BareV8();
    const { simulation, sendAt } = await plugEcho(engine);
    await engine.evaluate(`globalThis.handleCommand = () => { throw new Error("out of slots"); };`);
    sendAt(1, 60);
    await expect(simulation.runFor("1s")).rejects.toThrow("out of slots");
  });
});

describeWith([requireXs()], "a device in XS, on a cable", () => {
  it("does the same at the same times as on V8", async () => {
    expect(await converse(new XsEngine())).toEqual(await converse(new BareV8()));
  });
});
