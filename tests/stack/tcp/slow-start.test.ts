import { describe, expect, it } from "@jest/globals";
import { Cable, Simulation } from "../../../simulator/index.js";
import { HyStart } from "../../../src/stack/tcp/congestion/hystart.js";
import { dialogue } from "../support/dialogue.js";
import { Transfer, twoHosts } from "../support/transfer.js";

/** A round of sixteen acknowledgments of 1000 bytes each, all with this round trip. @returns true if slow start ended */
function round(hyStart: HyStart, number: number, rtt: number): boolean {
  let ended = false;
  for (let i = 1; i <= 16; i++) {
    const una = (number * 16 + i) * 1000;
    ended ||= hyStart.onAck(rtt, una, una + 16_000);
  }
  return ended;
}

describe("HyStart++ (RFC 9406)", () => {
  it("lets the window double while the round trip stays", () => {
    const hyStart = new HyStart();
    for (let i = 0; i < 20; i++) expect(round(hyStart, i, 50)).toBe(false);
    expect(hyStart.growth(16)).toBe(16);
  });

  it.each([
    [10, 13.9, 16],
    [10, 14, 4],
    [80, 89, 16],
    [80, 90, 4],
    [400, 415, 16],
    [400, 416, 4],
  ])(
    "takes a round trip that grows from %d to %d ms for a queue, or not: %d of 16",
    (before, after, growth) => {
      const hyStart = new HyStart();
      round(hyStart, 0, before);
      round(hyStart, 1, before);
      round(hyStart, 2, after);
      expect(hyStart.growth(16)).toBe(growth);
    },
  );

  it("ends slow start after five rounds of that", () => {
    const hyStart = new HyStart();
    for (let i = 0; i < 2; i++) round(hyStart, i, 50);
    const ended = Array.from({ length: 7 }, (_, i) => round(hyStart, 2 + i, 60));
    expect(ended.indexOf(true)).toBe(5);
  });

  it("goes on doubling when the round trip falls again", () => {
    const hyStart = new HyStart();
    for (const [i, rtt] of [50, 50, 60, 52].entries()) round(hyStart, i, rtt);
    expect(hyStart.growth(16)).toBe(16);
  });

  it("needs eight measurements in a round", () => {
    const hyStart = new HyStart();
    round(hyStart, 0, 50);
    for (let i = 1; i <= 7; i++) hyStart.onAck(90, 16_000 + i * 1000, 60_000);
    for (let i = 8; i <= 16; i++) hyStart.onAck(-1, 16_000 + i * 1000, 60_000);
    expect(hyStart.growth(16)).toBe(16);
  });

  it("makes a transfer overflow a queue by less, and end sooner", () => {
    function lost(hyStart: boolean): { repeated: number; time: number } {
      const simulation = new Simulation({ seed: 1 });
      const cable = new Cable(simulation, {
        name: "cable",
        latency: 20,
        bandwidth: 50e6,
        queueLimit: 256 * 1024,
      });
      const tcp = { hyStart, receiveBuffer: 4 << 20, sendBuffer: 4 << 20 };
      const [client, server] = twoHosts(simulation, cable, [{ tcp }, { tcp }]);
      const transfer = new Transfer(client, server, { up: 3_000_000, down: 0 });
      simulation.advanceUntil(() => transfer.isOver, { within: "1m" });
      expect([transfer.failures, transfer.isIntact]).toEqual([[], true]);
      return { repeated: client.stack.counters.tcpRetransSegs, time: simulation.now() };
    }
    const [blind, careful] = [lost(false), lost(true)];
    expect(careful.repeated).toBeLessThan(0.75 * blind.repeated);
    expect(careful.time).toBeLessThan(0.9 * blind.time);
  });
});

describe("slow start after a pause (RFC 5681 §4.1)", () => {
  it.each([
    [true, 10],
    [false, 40],
  ])("where it is %s a window of 40 has become %i", (slowStartAfterIdle, segments) => {
    const d = dialogue({ tcp: { slowStartAfterIdle } });
    d.opens({ mss: 1000 });
    for (let acked = 1, flight = 10; flight <= 20; flight += 10) {
      d.app.writes(flight * 1000);
      d.peer.ignores();
      for (let i = 0; i < flight; i++) d.peer.sends({ seq: 1, ack: (acked += 1000) });
    }
    d.clock.advance(5000);
    d.app.writes(50_000);
    expect(d.peer.ignores()).toBe(segments);
  });
});
