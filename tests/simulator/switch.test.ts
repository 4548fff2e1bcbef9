import { describe, expect, it } from "@jest/globals";
import { MacAddress } from "../../src/address/index.js";
import { Cable, Simulation, Switch, type CableEnd, type SwitchOptions } from "../../simulator/index.js";
import { A, B, C, listen, makeFrame, transmit } from "./support.js";

interface Bench {
  simulation: Simulation;
  lan: Switch;
  cables: Cable[];
  ends: [CableEnd, CableEnd, CableEnd];
  arrivals: string[][];
}

/** A switch with stations A, B and C. */
function setUp(options: Partial<SwitchOptions> = {}): Bench {
  const simulation = new Simulation();
  const lan = new Switch({ name: "lan", ...options });
  const cables = ["a", "b", "c"].map((name) => new Cable(simulation, { name }));
  const ends = cables.map((cable, index) => {
    lan.connect(cable);
    return cable.plug({ name: cable.name, mac: [A, B, C][index] });
  });
  simulation.advance(1);
  return { simulation, lan, cables, ends: ends as Bench["ends"], arrivals: ends.map(listen) };
}

describe("Switch", () => {
  it("floods what is for an unknown address, and learns where the sender is", () => {
    const { simulation, ends, arrivals } = setUp();
    const [a, b] = ends;
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance(1);
    transmit(b, makeFrame(A, B, [2]));
    simulation.advance(1);
    transmit(a, makeFrame(B, A, [3]));
    simulation.advance(1);
    expect(arrivals).toEqual([["2 2"], ["1 1", "3 3"], ["1 1"]]);
  });

  it.each([MacAddress.broadcast, MacAddress.parse("01:00:5E:00:00:FB")])(
    "sends %s to all others",
    (group) => {
      const { simulation, ends, arrivals } = setUp();
      transmit(ends[1], makeFrame(group, B, [1]));
      simulation.advance(1);
      expect(arrivals).toEqual([["1 1"], [], ["1 1"]]);
    },
  );

  it("keeps one frame in memory for all who hear a broadcast", () => {
    const { simulation, ends } = setUp();
    const heard: Uint8Array[] = [];
    for (const end of ends) end.onReceive = (frame) => heard.push(frame);
    transmit(ends[0], makeFrame(MacAddress.broadcast, A, [1]));
    expect(simulation.frames.inUse).toBe(1);
    simulation.advance(1);
    expect(heard).toHaveLength(2);
    expect(heard[0]).toBe(heard[1]);
    expect(simulation.frames.inUse).toBe(0);
  });

  it("keeps a frame where it came from, if its addressee is there too", () => {
    const { simulation, ends, arrivals } = setUp();
    transmit(ends[0], makeFrame(C, A));
    transmit(ends[0], makeFrame(A, C));
    simulation.advance(1);
    expect(arrivals).toEqual([[], ["1 "], ["1 "]]);
  });

  it("follows a station that moves", () => {
    const { simulation, ends, arrivals } = setUp();
    transmit(ends[0], makeFrame(MacAddress.broadcast, A));
    transmit(ends[2], makeFrame(MacAddress.broadcast, A));
    simulation.advance(1);
    arrivals.forEach((list) => list.splice(0));
    transmit(ends[1], makeFrame(A, B, [7]));
    simulation.advance(1);
    expect(arrivals).toEqual([[], [], ["2 7"]]);
  });

  it("forgets an address after its ageing time", () => {
    const { simulation, ends, arrivals } = setUp({ ageing: "300s" });
    const [a, b] = ends;
    transmit(a, makeFrame(MacAddress.broadcast, A));
    simulation.advance("299s");
    transmit(b, makeFrame(A, B, [1]));
    simulation.advance("2s");
    transmit(b, makeFrame(A, B, [2]));
    simulation.advance(1);
    expect(arrivals[2]).toEqual(["1 ", "301001 2"]);
  });

  it("forgets the addresses of a port whose cable is cut", () => {
    const { simulation, lan, cables, ends } = setUp();
    transmit(ends[0], makeFrame(MacAddress.broadcast, A));
    transmit(ends[1], makeFrame(MacAddress.broadcast, B));
    simulation.advance(1);
    cables[0]?.cut();
    simulation.advance(1);
    expect(lan.tableSize).toBe(1);
  });

  it("bounds its table: the address not seen for longest gives way", () => {
    const { simulation, lan, ends, arrivals } = setUp({ tableLimit: 2 });
    const [a, b, c] = ends;
    for (const frame of [makeFrame(C, A), makeFrame(C, C), makeFrame(C, A)]) transmit(a, frame);
    transmit(b, makeFrame(C, B));
    simulation.advance(1);
    expect(lan.tableSize).toBe(2);
    arrivals.forEach((list) => list.splice(0));
    // A was seen again after C, so C gave way to B.
    transmit(c, makeFrame(A, B, [1]));
    simulation.advance(1);
    expect(arrivals).toEqual([["2 1"], [], []]);
  });

  it("learns no group address, forwards no link-constrained frame, and survives runts", () => {
    const { simulation, lan, ends, arrivals } = setUp();
    transmit(ends[0], makeFrame(B, MacAddress.broadcast));
    transmit(ends[0], makeFrame(MacAddress.parse("01:80:C2:00:00:0E"), MacAddress.broadcast, [5]));
    ends[0].transmit(new Uint8Array(11), 11);
    ends[0].transmit(new Uint8Array(0), 0);
    simulation.advance(1);
    expect(lan.tableSize).toBe(0);
    expect(arrivals).toEqual([[], ["1 "], ["1 "]]);
  });
});
