import { describe, expect, it } from "@jest/globals";
import { dialogue } from "../support/dialogue.js";

describe("a peer without a window (RFC 9293 §3.8.6.1)", () => {
  it("is probed with one byte at doubling intervals, until it has room", () => {
    const { app, peer, clock, ...d } = zeroWindow();
    d.opens({ win: 0 });
    app.writes("hello");
    peer.receivesNothing();
    clock.advance(200 + 200 + 400 + 800);
    for (const at of [200, 400, 800, 1600]) peer.receives({ seq: 1, ack: 1, data: "h", at });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 1, win: 0 });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 1, win: 1000 });
    peer.receives({ seq: 1, ack: 1, data: "hello" });
  });

  it("may take the byte and still have no room", () => {
    const { app, peer, clock, ...d } = zeroWindow();
    d.opens({ win: 0 });
    app.writes("hello");
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, data: "h" });
    peer.sends({ seq: 1, ack: 2, win: 0 });
    clock.advance(400);
    peer.receives({ seq: 2, ack: 1, data: "e", at: 400 });
    peer.sends({ seq: 1, ack: 3, win: 100 });
    peer.receives({ seq: 3, ack: 1, data: "llo" });
  });

  it("is probed for as long as it answers, and no longer than the user time-out if it does not", () => {
    const { app, peer, clock, ...d } = zeroWindow();
    d.opens({ win: 0 });
    app.writes("hello");
    for (let i = 0; i < 20; i++) {
      clock.advance(60_000);
      expect(peer.ignores()).toBeGreaterThan(0);
      peer.sends({ seq: 1, ack: 1, win: 0 });
    }
    expect(app.states).toEqual(["ESTABLISHED"]);
    clock.advance(400_000);
    expect(peer.ignores()).toBeGreaterThan(4);
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
  });

  it("is probed again when it closes its window over what is in flight", () => {
    const { app, peer, clock, ...d } = zeroWindow();
    d.opens({ mss: 1000 });
    app.writes(2000);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 1001, win: 0 });
    clock.advance(600);
    for (const at of [200, 600]) peer.receives({ seq: 1001, ack: 1, bytes: 1000, at });
    peer.sends({ seq: 1, ack: 1001, win: 5000 });
    peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
  });

  it("is told of the FIN: at once, and again by each probe", () => {
    const { app, peer, clock, ...d } = zeroWindow();
    d.opens({ win: 0 });
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    clock.advance(1400);
    for (const at of [200, 600, 1400]) peer.receives({ fin: true, seq: 1, ack: 1, at });
    peer.sends({ seq: 1, ack: 2, win: 0 });
    expect(app.states).toEqual(["FIN-WAIT-2"]);
  });

  it("hears acknowledgments of what it sends all the same", () => {
    const { app, peer, clock, ...d } = zeroWindow();
    d.opens({ win: 0 });
    app.writes("hello");
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, data: "h" });
    peer.sends({ seq: 1, ack: 1, win: 0, data: "ping" });
    clock.advance(40);
    peer.receives({ seq: 1, ack: 5 });
  });

  function zeroWindow() {
    const d = dialogue();
    return { app: d.app, peer: d.peer, clock: d.clock, opens: d.opens.bind(d) };
  }
});

describe("silly window avoidance by the sender (RFC 9293 §3.8.6.2.1)", () => {
  it("waits for half of the largest window seen, or for the override timer", () => {
    const d = dialogue();
    d.opens({ mss: 1000, win: 400 });
    d.app.writes(1000);
    d.peer.receives({ seq: 1, ack: 1, bytes: 400 });
    d.peer.sends({ seq: 1, ack: 401, win: 199 });
    d.peer.receivesNothing();
    d.peer.sends({ seq: 1, ack: 401, win: 200 });
    d.peer.receives({ seq: 401, ack: 1, bytes: 200 });
    d.peer.sends({ seq: 1, ack: 601, win: 50 });
    d.clock.advance(200);
    d.peer.receives({ seq: 601, ack: 1, bytes: 50 });
  });

  it("holds after a probe as well", () => {
    const d = dialogue();
    d.opens({ mss: 1000, win: 1000 });
    d.app.writes(3000);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    d.peer.sends({ seq: 1, ack: 1001, win: 0 });
    d.clock.advance(200);
    d.peer.receives({ seq: 1001, ack: 1, bytes: 1 });
    d.peer.sends({ seq: 1, ack: 1001, win: 10 });
    d.peer.receivesNothing();
  });

  it("takes back nothing when the window shrinks", () => {
    const d = dialogue();
    d.opens({ mss: 1000, win: 3000 });
    d.app.writes(5000);
    for (const seq of [1, 1001, 2001]) d.peer.receives({ seq, ack: 1, bytes: 1000 });
    d.peer.sends({ seq: 1, ack: 1001, win: 500 });
    d.peer.receivesNothing();
    d.peer.sends({ seq: 1, ack: 3001, win: 3000 });
    d.peer.receives({ seq: 3001, ack: 1, bytes: 1000 });
    d.peer.receives({ seq: 4001, ack: 1, bytes: 1000 });
  });

  it("does not believe an older segment's window (SND.WL1 and SND.WL2)", () => {
    const d = dialogue();
    d.opens({ mss: 1000, win: 1000 });
    d.app.writes(4000);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    d.peer.sends({ seq: 11, ack: 1001, win: 0, data: "later" });
    d.peer.receives({ seq: 1001, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1001, win: 4000, data: "earlier..." });
    d.peer.receives({ seq: 1001, ack: 16 });
    d.peer.receivesNothing();
  });
});

describe("silly window avoidance by the receiver (RFC 9293 §3.8.6.2.2)", () => {
  it("offers room only once it is worth a segment", () => {
    const d = dialogue({ tcp: { receiveBuffer: 4000 } });
    d.opens({ mss: 1000 });
    for (const seq of [1, 1001, 2001, 3001]) {
      d.peer.sends({ seq, ack: 1, bytes: 1000 });
      d.peer.receives({ seq: 1, ack: seq + 1000, win: 3001 - seq });
    }
    d.app.readsPattern(900);
    d.peer.receivesNothing();
    d.peer.sends({ seq: 4001, ack: 1, bytes: 1 });
    d.peer.receives({ seq: 1, ack: 4001, win: 0 });
    d.app.readsPattern(99);
    d.peer.receivesNothing();
    d.app.readsPattern(1);
    d.peer.receives({ seq: 1, ack: 4001, win: 1000 });
    d.app.readsPattern(999);
    d.peer.receivesNothing();
    d.app.readsPattern(1);
    d.peer.receives({ seq: 1, ack: 4001, win: 2000 });
  });

  it("offers a segment's room also to a sender of single bytes", () => {
    const d = dialogue({ tcp: { receiveBuffer: 1024 } });
    d.opens();
    for (let seq = 1; seq <= 1024; seq++) {
      d.peer.sends({ seq, ack: 1, bytes: 1 });
      d.peer.ignores();
    }
    for (let i = 0; i < 255; i++) d.app.readsPattern(1);
    d.peer.receivesNothing();
    d.app.readsPattern(1);
    d.peer.receives({ seq: 1, ack: 1025, win: 256 });
  });

  it("answers a probe of its closed window, and takes a bare FIN there", () => {
    const d = dialogue({ tcp: { receiveBuffer: 1024 } });
    d.opens();
    d.peer.sends({ seq: 1, ack: 1, bytes: 1024 });
    d.peer.receives({ seq: 1, ack: 1025, win: 0 });
    d.peer.sends({ seq: 1025, ack: 1, bytes: 1 });
    d.peer.receives({ seq: 1, ack: 1025, win: 0 });
    d.peer.sends({ fin: true, seq: 1025, ack: 1 });
    d.peer.receives({ seq: 1, ack: 1026, win: 0 });
    expect(d.app.readsPattern()).toBe(1024);
    expect(d.app.heard().at(-1)).toBe("end");
  });

  it("still hears acknowledgments and resets while its window is closed", () => {
    const d = dialogue({ tcp: { receiveBuffer: 1024 } });
    d.opens();
    d.peer.sends({ seq: 1, ack: 1, bytes: 1024 });
    d.peer.receives({ seq: 1, ack: 1025, win: 0 });
    d.app.writes("x");
    d.peer.receives({ seq: 1, ack: 1025, data: "x" });
    d.peer.sends({ seq: 1025, ack: 2 });
    expect(d.app.connection.inFlight).toBe(0);
    d.peer.sends({ rst: true, seq: 1025 });
    expect(d.app.heard().at(-1)).toBe("error ECONNRESET");
  });
});

describe("window scaling (RFC 7323 §2)", () => {
  it("scales both ways, but never the window of a SYN", () => {
    const d = dialogue({ tcp: { receiveBuffer: 1 << 20 } });
    d.app.connects();
    d.peer.receives({ syn: true, win: 65_535, wscale: 5 });
    d.peer.sends({ syn: true, seq: 0, ack: 1, win: 100, mss: 1460, wscale: 4 });
    // A 64th is kept back for rounding up.
    d.peer.receives({ seq: 1, ack: 1, win: ((1 << 20) - (1 << 14)) >> 5 });
    d.app.writes(5000);
    d.peer.receives({ seq: 1, ack: 1, bytes: 100 });
    d.peer.sends({ seq: 1, ack: 101, win: 100 });
    d.peer.receives({ seq: 101, ack: 1, bytes: 1460 });
    d.peer.receivesNothing();
  });

  it("takes a shift count above 14 as 14 (§2.3)", () => {
    const d = dialogue();
    d.opens({ wscale: 15 });
    expect(d.app.connection.sndWindowScale).toBe(14);
  });

  it("never announces one above 14", () => {
    const d = dialogue({ tcp: { receiveBuffer: 2 ** 30 } });
    d.app.connects();
    d.peer.receives({ syn: true, win: 65_535, wscale: 14 });
  });

  it("is off where the peer does not want it", () => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true, wscale: 7 });
    d.peer.sends({ syn: true, seq: 0, ack: 1, win: 1000 });
    d.peer.receives({ seq: 1, ack: 1, win: 65_535 });
  });

  it("answers a SYN without the option with none", () => {
    const d = dialogue();
    d.app.listens();
    d.peer.sends({ syn: true, seq: 0, mss: 1460 });
    expect(d.peer.heard()).toEqual(["0 ms: SYN seq 0 ack 1 win 65535 mss 1460"]);
  });
});
