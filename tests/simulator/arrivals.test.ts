import { describe, expect, it } from "@jest/globals";
import { MacAddress } from "../../src/address/index.js";
import { Cable, Simulation, Switch } from "../../simulator/index.js";
import type { Destination } from "../../simulator/arrivals.js";
import { A, makeFrame } from "./support.js";

const BYTES = makeFrame(MacAddress.broadcast, A);

describe("arrivals", () => {
  /** Destinations that note who got a frame, and when. */
  function notes(simulation: Simulation): { trace: string[]; at: (name: string) => Destination } {
    const trace: string[] = [];
    return { trace, at: (name) => ({ arrive: () => trace.push(`${simulation.now()} ${name}`) }) };
  }

  it("of one frame at one moment are one event, which holds the frame once", () => {
    const simulation = new Simulation();
    const { trace, at } = notes(simulation);
    const frame = simulation.frames.copy(BYTES, BYTES.length);
    for (const name of ["a", "b", "c"]) simulation.arrivals.schedule(frame, 5, at(name), 0);
    frame.release();
    expect([simulation.pending, simulation.frames.inUse]).toEqual([1, 1]);
    simulation.advance(5);
    expect(trace).toEqual(["5 a", "5 b", "5 c"]);
    expect(simulation.frames.inUse).toBe(0);
  });

  it("keep their place among other events of the moment", () => {
    const simulation = new Simulation();
    const { trace, at } = notes(simulation);
    const frame = simulation.frames.copy(BYTES, BYTES.length);
    simulation.arrivals.schedule(frame, 5, at("a"), 0);
    simulation.schedule(5, () => trace.push("a timer"));
    simulation.arrivals.schedule(frame, 5, at("b"), 0);
    simulation.arrivals.schedule(frame, 6, at("c"), 0);
    simulation.arrivals.schedule(frame, 5, at("d"), 0);
    frame.release();
    simulation.advance(6);
    expect(trace).toEqual(["5 a", "a timer", "5 b", "5 d", "6 c"]);
    expect(simulation.frames.inUse).toBe(0);
  });

  it("of a frame in a buffer that was used before, at the same moment, are not lost", () => {
    const simulation = new Simulation();
    const { trace, at } = notes(simulation);
    for (const name of ["a", "b"]) {
      const frame = simulation.frames.copy(BYTES, BYTES.length);
      simulation.arrivals.schedule(frame, 0, at(name), 0);
      frame.release();
      simulation.step();
    }
    expect(trace).toEqual(["0 a", "0 b"]);
  });
});

describe("a flooded frame", () => {
  /** A switch with a sender and `count` listeners, whose cables have these latencies in turn. */
  function flood(
    count: number,
    latencies: readonly number[],
  ): { simulation: Simulation; heard: string[]; cables: Cable[] } {
    const simulation = new Simulation();
    const hub = new Switch({ name: "switch" });
    const heard: string[] = [];
    const cables = Array.from({ length: count }, (_, index) => {
      const cable = new Cable(simulation, {
        name: `${index}`,
        latency: latencies[index % latencies.length]!,
      });
      const end = cable.plug({ name: `host ${index}` });
      end.onReceive = () => heard.push(`${simulation.now()} ${index}`);
      hub.connect(cable);
      return cable;
    });
    const cable = new Cable(simulation, { name: "sender" });
    const sender = cable.plug({ name: "sender" });
    hub.connect(cable);
    simulation.advance(1);
    sender.transmit(BYTES, BYTES.length);
    simulation.step();
    return { simulation, heard, cables };
  }

  it("is one frame in memory and one event, however many hear it", () => {
    const { simulation, heard } = flood(250, [1]);
    expect([simulation.pending, simulation.frames.inUse]).toEqual([1, 1]);
    simulation.advance(1);
    expect(heard).toEqual(Array.from({ length: 250 }, (_, index) => `2 ${index}`));
    expect([simulation.frames.inUse, simulation.frames.copied, simulation.frames.mostInUse]).toEqual([
      0, 1, 1,
    ]);
  });

  it("arrives when each cable has it", () => {
    const { simulation, heard } = flood(4, [1, 3]);
    simulation.advance(3);
    expect(heard).toEqual(["2 0", "2 2", "4 1", "4 3"]);
  });

  it("is lost where the cable was cut meanwhile, and nowhere else", () => {
    const { simulation, heard, cables } = flood(3, [1]);
    cables[1]!.cut();
    cables[2]!.cut();
    cables[2]!.mend();
    simulation.advance(1);
    expect(heard).toEqual(["2 0"]);
    expect(simulation.frames.inUse).toBe(0);
  });
});
