import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import type { MachineOptions } from "../support/machine.js";

const HEADERS = 14 + 20 + 20;

/** A connection with SACK and an MSS of 1000 over a link that cuts packets of up to 64 KiB into segments. */
function opened(options: MachineOptions = {}, win = 65_535): Dialogue {
  const d = dialogue({ segmentationOffload: 65_535, ...options });
  d.opens({ mss: 1000, sackOk: true, win });
  return d;
}

describe("a link that cuts large packets into segments", () => {
  it("is given all that the congestion window allows at once", () => {
    const { app, peer, machine } = opened();
    app.writes(10_000);
    for (let i = 0; i < 10; i++) peer.receives({ seq: 1 + i * 1000, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    expect(machine.link.large).toEqual([HEADERS + 10_000]);
    expect(machine.stack.counters.tcpOutSegs).toBe(2 + 10);
  });

  it("is given no more than fits into the peer's window, and full segments only", () => {
    const { app, peer, machine } = opened({}, 3500);
    app.writes(5000);
    for (let i = 0; i < 3; i++) peer.receives({ seq: 1 + i * 1000, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    expect(machine.link.large).toEqual([HEADERS + 3000]);
    peer.sends({ seq: 1, ack: 3001, win: 3500 });
    peer.receives({ seq: 3001, ack: 1, bytes: 1000 });
    peer.receives({ seq: 4001, ack: 1, bytes: 1000 });
  });

  it("is given no more than it takes", () => {
    const { app, peer, machine } = opened({ segmentationOffload: 4999 });
    app.writes(10_000);
    expect(peer.ignores()).toBe(10);
    expect(machine.link.large).toEqual([HEADERS + 4000, HEADERS + 4000, HEADERS + 2000]);
  });

  it("sends the rest as a segment of its own, with the FIN", () => {
    const { app, peer, machine } = opened();
    app.writes(2500);
    for (const seq of [1, 1001]) peer.receives({ seq, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    app.closes();
    peer.receives({ seq: 2001, ack: 1, bytes: 500, fin: true });
    expect(machine.link.large).toEqual([HEADERS + 2000]);
  });

  it("puts the FIN on the last segment that it cuts", () => {
    const { app, peer, machine } = opened();
    machine.whileNotPolled(() => {
      app.writes(2000);
      app.closes();
    });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.receives({ seq: 1001, ack: 1, bytes: 1000, fin: true });
    peer.sends({ seq: 1, ack: 2002 });
    expect(app.states).toEqual(["FIN-WAIT-2"]);
  });

  it("loses single segments, which are repeated alone", () => {
    const { app, peer, clock, machine } = opened();
    app.writes(10_000);
    expect(peer.ignores()).toBe(10);
    clock.advance(1);
    peer.sends({ seq: 1, ack: 2001, sack: [[3001, 10_001]] });
    peer.receives({ seq: 2001, ack: 1, bytes: 1000 });
    expect(machine.link.large).toHaveLength(1);
    expect(machine.stack.counters.tcpRetransSegs).toBe(1);
  });

  it("is not used before the neighbor is known", () => {
    const { app, peer, machine } = opened();
    machine.eth0.neighbors.clear();
    app.writes(3000);
    expect(peer.ignores()).toBe(3);
    expect(machine.link.large).toEqual([]);
  });
});

describe("a link that joins segments to large packets", () => {
  it("has each acknowledged at once, and still every second one of those that come alone", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 40_000 });
    peer.receives({ seq: 1, ack: 40_001 });
    app.readsPattern();
    peer.receives({ seq: 1, ack: 40_001, win: 65_535 });
    peer.sends({ seq: 40_001, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    peer.sends({ seq: 41_001, ack: 1, bytes: 1000 });
    peer.receives({ seq: 1, ack: 42_001 });
  });
});
