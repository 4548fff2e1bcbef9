import { describe, expect, it } from "@jest/globals";
import { MAX_RANGES } from "../../../src/stack/tcp/assembler.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";

function opened(): Dialogue {
  const d = dialogue();
  d.opens();
  return d;
}

describe("delayed acknowledgments (RFC 9293 §3.8.6.3)", () => {
  it("acknowledges a single segment after 40 ms", () => {
    const { app, peer, clock } = opened();
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    expect(app.heard()).toEqual(["readable 5"]);
    clock.advance(39);
    peer.receivesNothing();
    clock.advance(1);
    peer.receives({ seq: 1, ack: 6 });
    clock.advance(1000);
    peer.receivesNothing();
  });

  it("acknowledges every second segment at once", () => {
    const { peer, clock } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 1460 });
    peer.receivesNothing();
    peer.sends({ seq: 1461, ack: 1, bytes: 1460 });
    peer.receives({ seq: 1, ack: 2921 });
    peer.sends({ seq: 2921, ack: 1, bytes: 1460 });
    clock.advance(40);
    peer.receives({ seq: 1, ack: 4381 });
  });

  it("acknowledges every second segment however small: the peer would take it for lost (RFC 8985 §7.2)", () => {
    const { peer, clock } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    peer.sends({ seq: 1001, ack: 1, bytes: 100 });
    peer.receives({ seq: 1, ack: 1101 });
    clock.advance(1000);
    peer.receivesNothing();
  });

  it("acknowledges at once what a link has joined", () => {
    const { peer } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 2920 });
    peer.receives({ seq: 1, ack: 2921 });
  });

  it("lets data carry the acknowledgment", () => {
    const { app, peer, clock } = opened();
    peer.sends({ seq: 1, ack: 1, data: "question" });
    clock.advance(10);
    app.writes("answer");
    peer.receives({ seq: 1, ack: 9, data: "answer" });
    clock.advance(40);
    peer.receivesNothing();
  });
});

describe("data out of order", () => {
  it("is acknowledged at once, as is what fills the gap (RFC 5681 §4.2)", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 11, ack: 1, bytes: 10 });
    peer.receives({ seq: 1, ack: 1 });
    peer.sends({ seq: 21, ack: 1, bytes: 10 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.heard()).toEqual([]);
    peer.sends({ seq: 1, ack: 1, bytes: 10 });
    peer.receives({ seq: 1, ack: 31 });
    expect(app.heard()).toEqual(["readable 30"]);
    expect(app.readsPattern()).toBe(30);
  });

  it("is put together in whatever order and however it overlaps", () => {
    const { app, peer } = opened();
    for (const [seq, bytes] of [
      [31, 10],
      [11, 10],
      [15, 20],
      [51, 5],
      [36, 10],
      [11, 3],
    ] as const) {
      peer.sends({ seq, ack: 1, bytes });
      peer.receives({ seq: 1, ack: 1 });
    }
    peer.sends({ seq: 1, ack: 1, bytes: 12 });
    peer.receives({ seq: 1, ack: 46 });
    peer.sends({ seq: 40, ack: 1, bytes: 11 });
    peer.receives({ seq: 1, ack: 56 });
    expect(app.readsPattern()).toBe(55);
  });

  it("goes on when there are more gaps than are remembered and the first is filled in pieces", () => {
    const { app, peer } = opened();
    for (let i = 1; i <= MAX_RANGES + 2; i++) {
      peer.sends({ seq: 1 + i * 200, ack: 1, bytes: 100 });
      peer.receives({ ack: 1 });
    }
    peer.sends({ seq: 1, ack: 1, bytes: 100 });
    peer.receives({ ack: 101 });
    peer.sends({ seq: 101, ack: 1, bytes: 100 });
    peer.receives({ ack: 301 });
    expect(app.readsPattern()).toBe(300);
  });

  it("may end with a FIN, which waits for what is missing", () => {
    const { app, peer } = opened();
    peer.sends({ fin: true, seq: 6, ack: 1, data: "world" });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["ESTABLISHED"]);
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    peer.receives({ seq: 1, ack: 12 });
    expect(app.states).toEqual(["CLOSE-WAIT"]);
    expect(app.reads()).toBe("helloworld");
    expect(app.heard()).toEqual(["readable 10", "end"]);
  });

  it("may be a bare FIN, which is acknowledged at once as well", () => {
    const { peer } = opened();
    peer.sends({ fin: true, seq: 6, ack: 1 });
    peer.receives({ seq: 1, ack: 1 });
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    peer.receives({ seq: 1, ack: 7 });
  });
});

describe("old and excessive data (RFC 9293 §3.10.7.4, first)", () => {
  it("acknowledges a duplicate at once and tells nobody", () => {
    const { app, peer, clock } = opened();
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    clock.advance(40);
    peer.receives({ ack: 6 });
    app.heard();
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    peer.receives({ seq: 1, ack: 6 });
    expect(app.heard()).toEqual([]);
    expect(app.reads()).toBe("hello");
  });

  it("takes the new part of a segment that is partly old", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    peer.sends({ seq: 3, ack: 1, data: "llo, world" });
    peer.receives({ seq: 1, ack: 13 });
    expect(app.reads()).toBe("hello, world");
  });

  it("cuts off what is beyond the window", () => {
    const { app, peer } = dialogueWithSmallBuffer();
    peer.sends({ fin: true, seq: 1, ack: 1, bytes: 1400 });
    peer.receives({ seq: 1, ack: 1025, win: 0 });
    expect(app.readsPattern()).toBe(1024);
    expect(app.states).toEqual(["ESTABLISHED"]);
    peer.receives({ seq: 1, ack: 1025, win: 1024 });
  });

  it("refuses what is wholly beyond the window", () => {
    const { app, peer, drops } = dialogueWithSmallBuffer();
    peer.sends({ seq: 1025, ack: 1, data: "x" });
    peer.receives({ seq: 1, ack: 1, win: 1024 });
    expect(app.heard()).toEqual([]);
    expect(drops).toEqual({ "tcp-out-of-window": 1 });
  });

  function dialogueWithSmallBuffer(): Dialogue {
    const d = dialogue({ tcp: { receiveBuffer: 1024 } });
    d.opens();
    return d;
  }
});

describe("sequence numbers that wrap", () => {
  it("are put in order across 2³² when received", () => {
    const d = dialogue();
    d.peer.beginsAnew(2 ** 32 - 1500);
    d.opens();
    d.peer.sends({ seq: 1461, ack: 1, bytes: 1460 });
    d.peer.receives({ seq: 1, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1, bytes: 1460 });
    d.peer.receives({ seq: 1, ack: 2921 });
    expect(d.app.readsPattern()).toBe(2920);
  });

  it("are counted across 2³² when sent, lost and repeated", () => {
    // The ISN grows by 250 each ms (RFC 6528): wait until it is about to wrap.
    const probe = dialogue();
    probe.opens();
    const wait = Math.floor((2 ** 32 - 1 - (probe.app.connection.iss >>> 0)) / 250);
    const { app, peer, clock, machine } = dialogue();
    clock.advance(wait);
    machine.stack.poll(clock.now);
    app.connects();
    peer.receives({ syn: true, seq: 0 });
    peer.sends({ syn: true, seq: 0, ack: 1, mss: 1000, win: 65_535 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.connection.iss).toBeGreaterThanOrEqual(-250);
    expect(app.connection.iss).toBeLessThan(0);
    app.writes(3000);
    for (const seq of [1, 1001, 2001]) peer.receives({ seq, ack: 1, bytes: 1000 });
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 3001 });
    app.writes(10);
    peer.receives({ seq: 3001, ack: 1, bytes: 10 });
  });

  it("reach the SYN's own number again after 4 GiB", () => {
    const { app, peer } = opened();
    // As if 2³² − 1 bytes had been acknowledged.
    app.connection.iss = app.connection.sndUna;
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello" });
  });
});
