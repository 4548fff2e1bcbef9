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

  it("is no connection any more, and holds no buffers", () => {
    const d = dialogue();
    d.isOpened();
    const { connection } = d.app;
    closes(d);
    expect(d.machine.stack.tcp.connections).toEqual([]);
    expect(connection.receiveRing).toBeUndefined();
    expect(connection.sendRing).toBeUndefined();
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

  it("lets its own numbers go on beyond the old ones (RFC 1122 §4.2.2.13)", () => {
    const d = dialogue();
    d.isOpened();
    d.app.writes(50_000);
    let acked = 1;
    for (let more = d.peer.ignores(); more > 0; more = d.peer.ignores()) {
      acked += more * 1460;
      d.peer.sends({ seq: 1, ack: Math.min(acked, 50_001) });
    }
    d.app.closes();
    d.peer.receives({ fin: true, seq: 50_001, ack: 1 });
    d.peer.sends({ fin: true, seq: 1, ack: 50_002 });
    d.peer.receives({ seq: 50_002, ack: 2 });
    // 250 numbers a millisecond: the clock is far behind the 50,001 that have been used.
    d.clock.advance(1);
    d.peer.sends({ syn: true, seq: 10 });
    d.peer.receives({ syn: true, seq: 50_002 + 65_537, ack: 11 });
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
    peer.receivesNothing();
    expect(app.states).toEqual([]);
  });

  it("answers what is no FIN at a limited rate", () => {
    const d = waiting();
    for (let i = 0; i < 3; i++) {
      d.peer.sends({ seq: -5, ack: 2, data: "x" });
      if (i === 0) d.peer.receives({ seq: 2, ack: 2 });
    }
    d.peer.sends({ seq: 2, ack: 2 });
    d.peer.receivesNothing();
    expect(d.drops).toEqual({ "tcp-challenge-limit": 2 });
  });

  it("leaves the program what it has not read, until it has", () => {
    const { app, peer, clock } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    const { connection } = app;
    connection.shutdown();
    clock.advance(0);
    peer.receives({ fin: true, seq: 1, ack: 1 });
    peer.sends({ fin: true, seq: 1, ack: 2, data: "last" });
    peer.receives({ seq: 2, ack: 6 });
    expect(app.states).toEqual(["TIME-WAIT"]);
    clock.advance(100_000);
    expect(app.states).toEqual([]);
    app.heard();
    expect(app.reads()).toBe("last");
    expect(app.heard()).toEqual(["end"]);
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
    const left = d.machine.stack.tcp.endpoints.all();
    expect(left.map(({ remotePort }) => remotePort)).toEqual([7001]);
  });

  it("does not count among the connections that are limited", () => {
    const d = waiting({ tcp: { maxConnections: 1 } });
    const second = d.anotherPeer(7001);
    second.sends({ syn: true, seq: 0 });
    second.receives({ syn: true, seq: 0, ack: 1 });
  });
});

/** A connection with timestamps that this end has closed first; the peer's last one was 1000. */
function waitingWithTimestamps(): Dialogue {
  const d = dialogue();
  const { app, peer } = d;
  app.listens();
  peer.sends({ syn: true, seq: 0, ts: [0, 0] });
  peer.receives({ syn: true, seq: 0, ack: 1 });
  peer.sends({ seq: 1, ack: 1, ts: [0, 0] });
  app.closes();
  peer.receives({ fin: true, seq: 1, ack: 1 });
  peer.sends({ fin: true, seq: 1, ack: 2, ts: [1000, 0] });
  peer.receives({ seq: 2, ack: 2 });
  return d;
}

describe("a SYN in TIME-WAIT (RFC 6191 §2)", () => {
  it.each<[string, number, number | undefined, boolean]>([
    ["a later timestamp, whatever its number", -20_000, 1001, true],
    ["the same timestamp and a higher number", 100, 1000, true],
    ["the same timestamp and a lower number", -100, 1000, false],
    ["an earlier timestamp, whatever its number", 100, 999, false],
    ["no timestamp and a higher number", 100, undefined, true],
    ["no timestamp and a lower number", -100, undefined, false],
  ])("with %s", (_, seq, timestamp, isNew) => {
    const d = waitingWithTimestamps();
    d.peer.sends({ syn: true, seq, ...(timestamp !== undefined && { ts: [timestamp, 0] as const }) });
    if (isNew) d.peer.receives({ syn: true, seq: 2 + 65_537, ack: (seq + 1) >>> 0 });
    else d.peer.receives({ seq: 2, ack: 2 });
    expect(d.app.states).toEqual([isNew ? "SYN-RECEIVED" : "TIME-WAIT"]);
  });

  it("with a timestamp, where the old connection had none", () => {
    const d = waiting();
    d.peer.sends({ syn: true, seq: -100, ts: [0, 0] });
    d.peer.receives({ syn: true, ack: -99 >>> 0 });
  });
});

describe("connect, where all ports are in use", () => {
  /** One port for connections, and one of those in TIME-WAIT; with the number that comes after its last one. */
  function exhausted(ts?: readonly [number, number]): Dialogue {
    const d = dialogue({ ephemeralPorts: { first: 50_000, last: 50_000 } });
    const spec = ts === undefined ? {} : { ts };
    d.app.connects();
    d.peer.receives({ syn: true, seq: 0 });
    d.peer.sends({ syn: true, seq: 0, ack: 1, win: 65_535, mss: 1460, ...spec });
    d.peer.receives({ seq: 1, ack: 1 });
    d.app.closes();
    d.peer.receives({ fin: true, seq: 1, ack: 1 });
    d.peer.sends({ fin: true, seq: 1, ack: 2, ...spec });
    d.peer.receives({ seq: 2, ack: 2 });
    expect(d.app.states).toEqual(["TIME-WAIT"]);
    return d;
  }

  it("takes one from TIME-WAIT if timestamps tell its segments from the old ones, after a second", () => {
    const d = exhausted([0, 0]);
    expect(() => d.app.connects()).toThrow(/EADDRNOTAVAIL/);
    d.clock.advance(1001);
    d.machine.stack.poll(1001);
    d.app.connects();
    d.peer.receives({ syn: true, seq: 1001 * 250 });
    expect(d.app.states).toEqual(["SYN-SENT"]);
  });

  it("fails with EADDRNOTAVAIL if they do not", () => {
    const d = exhausted();
    d.clock.advance(59_999);
    expect(() => d.app.connects()).toThrow(/EADDRNOTAVAIL/);
    d.clock.advance(1);
    d.app.connects();
    d.peer.receives({ syn: true });
  });
});
