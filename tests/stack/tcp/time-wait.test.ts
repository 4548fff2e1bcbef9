import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import type { MachineOptions } from "../support/machine.js";

/** A passive connection that this end has closed first. */
function waiting(options?: MachineOptions): Dialogue {
  const d = dialogue(options);
  d.isOpened();
  closes(d);
  return d;
}

function closes({ app, peer }: Dialogue): void {
  app.closes();
  peer.receives({ fin: true, seq: 1, ack: 1 });
  peer.sends({ fin: true, seq: 1, ack: 2 });
  peer.receives({ seq: 2, ack: 2 });
}

describe("TIME-WAIT (RFC 9293 §3.6.1)", () => {
  it("acknowledges a repeated FIN and starts anew", () => {
    const { app, peer, clock } = waiting();
    clock.advance(50_000);
    peer.sends({ fin: true, seq: 1, ack: 2 });
    peer.receives({ seq: 2, ack: 2 });
    clock.advance(59_999);
    expect(app.states).toEqual(["TIME-WAIT"]);
    clock.advance(1);
    expect(app.states).toEqual([]);
  });

  it("answers old data with an acknowledgment and keeps its time", () => {
    const { app, peer, clock } = waiting();
    clock.advance(50_000);
    peer.sends({ seq: 0, ack: 2, data: "x" });
    peer.receives({ seq: 2, ack: 2 });
    clock.advance(10_000);
    expect(app.states).toEqual([]);
  });

  it("holds no buffers, whether it was closed before or in it", () => {
    const d = waiting();
    expect(d.app.connection.receiveRing).toBeUndefined();
    expect(d.app.connection.sendRing).toBeUndefined();
  });

  it("gives way to a new SYN with a higher number (MAY-2)", () => {
    const { app, peer, clock } = waiting();
    clock.advance(100);
    peer.beginsAnew(50_003);
    peer.sends({ syn: true, seq: 0, mss: 1460 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("does so only if its own numbers go on beyond the old ones", () => {
    const d = dialogue();
    d.isOpened();
    d.app.writes(100_000);
    let acked = 1;
    for (let more = d.peer.ignores(); more > 0; more = d.peer.ignores()) {
      acked += more * 1460;
      d.peer.sends({ seq: 1, ack: Math.min(acked, 100_001) });
    }
    d.app.closes();
    d.peer.receives({ fin: true, seq: 100_001, ack: 1 });
    d.peer.sends({ fin: true, seq: 1, ack: 100_002 });
    d.peer.receives({ seq: 100_002, ack: 2 });
    // 250 numbers a millisecond: 100,001 have been used.
    d.clock.advance(399);
    d.peer.sends({ syn: true, seq: 10 });
    d.peer.receives({ seq: 100_002, ack: 2 });
    d.clock.advance(600);
    d.peer.beginsAnew(60_000);
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, ack: 1 });
  });

  it("does not give way to an old SYN, nor where nobody listens any more", () => {
    const { app, peer, clock } = waiting();
    clock.advance(100);
    peer.sends({ syn: true, seq: -5 });
    peer.receives({ seq: 2, ack: 2 });
    clock.advance(1000);
    app.listener!.close();
    peer.sends({ syn: true, seq: 100 });
    peer.receives({ seq: 2, ack: 2 });
    expect(app.states).toEqual(["TIME-WAIT"]);
  });

  it("is ended by a reset", () => {
    const { app, peer } = waiting();
    peer.sends({ rst: true, seq: 2 });
    expect(app.states).toEqual([]);
  });

  it("is bounded: the oldest goes", () => {
    const d = waiting({ tcp: { maxTimeWait: 1 } });
    const second = d.anotherPeer(7001);
    second.sends({ syn: true, seq: 0 });
    second.receives({ syn: true, seq: 0, ack: 1 });
    second.sends({ seq: 1, ack: 1 });
    d.app.closes();
    second.receives({ fin: true, seq: 1, ack: 1 });
    second.sends({ fin: true, seq: 1, ack: 2 });
    second.receives({ seq: 2, ack: 2 });
    expect(d.app.connection.remotePort).toBe(7001);
  });

  it("does not count among the connections that are limited", () => {
    const d = waiting({ tcp: { maxConnections: 1 } });
    const second = d.anotherPeer(7001);
    second.sends({ syn: true, seq: 0 });
    second.receives({ syn: true, seq: 0, ack: 1 });
  });
});
