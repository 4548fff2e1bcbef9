import { describe, expect, it } from "@jest/globals";
import {
  Cable,
  ETHERNET_OVERHEAD,
  Simulation,
  type CableEnd,
  type CableOptions,
} from "../../simulator/index.js";
import { A, B, listen, makeFrame, transmit } from "./support.js";

function setUp(options: Partial<CableOptions> = {}): {
  simulation: Simulation;
  cable: Cable;
  a: CableEnd;
  b: CableEnd;
} {
  const simulation = new Simulation();
  const cable = new Cable(simulation, { name: "cable", ...options });
  const a = cable.plug({ name: "a", mac: A });
  const b = cable.plug({ name: "b", mac: B });
  return { simulation, cable, a, b };
}

describe("Cable", () => {
  it("carries frames both ways after its latency, never from inside transmit", () => {
    const { simulation, a, b } = setUp({ latency: 5 });
    const atA = listen(a);
    const atB = listen(b);
    transmit(a, makeFrame(B, A, [1]));
    simulation.schedule(2, () => transmit(b, makeFrame(A, B, [2])));
    expect(atB).toEqual([]);
    simulation.advance(100);
    expect(atB).toEqual(["5 1"]);
    expect(atA).toEqual(["7 2"]);
  });

  it("has consumed a frame when transmit returns", () => {
    const { simulation, a, b } = setUp();
    const atB = listen(b);
    const frame = makeFrame(B, A, [1, 2, 3]);
    a.transmit(frame, 16);
    frame.fill(0xff);
    simulation.advance(1);
    expect(atB).toEqual(["0 1,2"]);
  });

  it("sends one frame after the other at its bandwidth", () => {
    // 8,000 bit/s are a byte each millisecond.
    const { simulation, a, b } = setUp({ bandwidth: 8000, latency: 1000 });
    const atB = listen(b);
    const onWire = 15 + ETHERNET_OVERHEAD;
    transmit(a, makeFrame(B, A, [1]));
    transmit(a, makeFrame(B, A, [2]));
    simulation.advance("10s");
    expect(atB).toEqual([`${1000 + onWire} 1`, `${1000 + 2 * onWire} 2`]);
  });

  it("drops what does not fit its queue", () => {
    const { simulation, cable, a, b } = setUp({ bandwidth: 8000, queueLimit: 60 });
    const atB = listen(b);
    const comments: (string | undefined)[] = [];
    cable.observe(({ comment }) => comments.push(comment));
    for (let index = 0; index < 3; index++) transmit(a, makeFrame(B, A, [index]));
    simulation.advance("1s");
    transmit(a, makeFrame(B, A, [3]));
    simulation.advance("1s");
    expect(comments).toEqual([undefined, undefined, "dropped: queue full", undefined]);
    expect(atB.map((arrival) => arrival.split(" ")[1])).toEqual(["0", "1", "3"]);
  });

  it("takes a frame of MTU, header and VLAN tag, and none longer", () => {
    const { simulation, a, b } = setUp({ mtu: 100 });
    const lengths: number[] = [];
    b.onReceive = (_, length) => lengths.push(length);
    a.transmit(new Uint8Array(118), 118);
    a.transmit(new Uint8Array(119), 119);
    simulation.advance(1);
    expect(lengths).toEqual([118]);
  });

  it("is up when both ends are plugged in, and says so", () => {
    const simulation = new Simulation();
    const cable = new Cable(simulation, { name: "cable" });
    const changes: string[] = [];
    const a = cable.plug({ name: "a" });
    a.onLinkChange = () => changes.push(`a ${a.up ? "up" : "down"}`);
    simulation.advance(1);
    expect(a.up).toBe(false);
    const b = cable.plug({ name: "b" });
    b.onLinkChange = () => changes.push(`b ${b.up ? "up" : "down"}`);
    expect(changes).toEqual([]);
    simulation.advance(1);
    cable.cut();
    simulation.advance(1);
    expect(changes).toEqual(["a up", "b up", "a down", "b down"]);
    expect(() => cable.plug({ name: "c" })).toThrow(
      "plug into cable cable: both ends are taken (EADDRINUSE)",
    );
  });

  it("loses what is on its way when it is cut, even if it is mended at once", () => {
    const { simulation, cable, a, b } = setUp({ latency: 10 });
    const atB = listen(b);
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance(5);
    cable.cut();
    transmit(a, makeFrame(B, A, [2]));
    cable.mend();
    transmit(a, makeFrame(B, A, [3]));
    simulation.advance(100);
    expect(atB).toEqual(["15 3"]);
    expect(simulation.frames.inUse).toBe(0);
  });

  it("gives ends without a MAC one drawn from the seed and the cable's name", () => {
    const macs = ["x", "x", "y"].map((name) => {
      const cable = new Cable(new Simulation({ seed: 9 }), { name });
      return [cable.plug({ name: "a" }).mac, cable.plug({ name: "b" }).mac];
    });
    expect(macs[0]).toEqual(macs[1]);
    expect(new Set(macs.flat().map(String)).size).toBe(4);
    for (const mac of macs.flat()) {
      expect([mac.isLocallyAdministered, mac.isMulticast]).toEqual([true, false]);
    }
  });

  it("uses the same buffers again", () => {
    const { simulation, a, b } = setUp({ latency: 1 });
    const buffers = new Set<Uint8Array>();
    b.onReceive = (frame) => buffers.add(frame);
    for (let index = 0; index < 100; index++) simulation.schedule(index, () => transmit(a, makeFrame(B, A)));
    simulation.advance("1s");
    expect(buffers.size).toBeLessThanOrEqual(2);
  });
});
