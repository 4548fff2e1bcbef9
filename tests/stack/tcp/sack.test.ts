import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";

/** A connection with SACK, a round trip of 20 ms, and so many segments of 1000 bytes in flight. */
function inFlight(segments: number): Dialogue {
  const d = dialogue();
  d.app.connects();
  d.peer.receives({ syn: true, seq: 0, sackOk: true });
  d.clock.advance(20);
  d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1000, sackOk: true });
  d.peer.receives({ seq: 1, ack: 1 });
  d.app.heard();
  d.app.writes(segments * 1000);
  for (let i = 0; i < segments; i++) d.peer.receives({ seq: 1 + i * 1000, ack: 1, bytes: 1000 });
  d.peer.receivesNothing();
  return d;
}

describe("SACK blocks that are sent (RFC 2018 §4)", () => {
  it("name what came out of order, the newest first", () => {
    const d = dialogue();
    d.opens({ sackOk: true });
    d.peer.sends({ seq: 11, ack: 1, bytes: 10 });
    d.peer.receives({ seq: 1, ack: 1, sack: [[11, 21]] });
    d.peer.sends({ seq: 31, ack: 1, bytes: 10 });
    d.peer.receives({
      seq: 1,
      ack: 1,
      sack: [
        [31, 41],
        [11, 21],
      ],
    });
    d.peer.sends({ seq: 21, ack: 1, bytes: 5 });
    d.peer.receives({
      seq: 1,
      ack: 1,
      sack: [
        [11, 26],
        [31, 41],
      ],
    });
    d.peer.sends({ seq: 1, ack: 1, bytes: 10 });
    d.peer.receives({ seq: 1, ack: 26, sack: [[31, 41]] });
  });

  it("are four at most, and three beside timestamps", () => {
    for (const [ts, count] of [
      [undefined, 4],
      [[0, 0], 3],
    ] as const) {
      const d = dialogue();
      d.opens({ sackOk: true, ...(ts && { ts }) });
      for (let i = 1; i <= 6; i++) {
        d.peer.sends({ seq: 1 + 20 * i, ack: 1, bytes: 10, ...(ts && { ts }) });
        if (i < 6) d.peer.ignores();
      }
      const newest = [121, 101, 81, 61].slice(0, count).map((left) => [left, left + 10] as const);
      d.peer.receives({ seq: 1, ack: 1, sack: newest });
    }
  });

  it("tell once of what came twice (RFC 2883 §4)", () => {
    const d = dialogue();
    d.opens({ sackOk: true });
    d.peer.sends({ seq: 1, ack: 1, bytes: 10 });
    d.clock.advance(40);
    d.peer.receives({ seq: 1, ack: 11 });
    d.peer.sends({ seq: 1, ack: 1, bytes: 10 });
    d.peer.receives({ seq: 1, ack: 11, sack: [[1, 11]] });
    d.peer.sends({ seq: 21, ack: 1, bytes: 10 });
    d.peer.receives({ seq: 1, ack: 11, sack: [[21, 31]] });
    d.peer.sends({ seq: 21, ack: 1, bytes: 10 });
    d.peer.receives({
      seq: 1,
      ack: 11,
      sack: [
        [21, 31],
        [21, 31],
      ],
    });
  });

  it("are not sent to a peer that has not asked for them", () => {
    const d = dialogue();
    d.opens();
    d.peer.sends({ seq: 11, ack: 1, bytes: 10 });
    expect(d.peer.heard()).toEqual([expect.not.stringContaining("sack")]);
  });
});

describe("SACK blocks that come", () => {
  it("make every hole be filled, and nothing else be repeated (RFC 6675)", () => {
    const { app, peer, clock } = inFlight(8);
    clock.advance(20);
    // 1 and 3 of the eight are lost.
    peer.sends({ seq: 1, ack: 1, sack: [[1001, 2001]] });
    peer.sends({
      seq: 1,
      ack: 1,
      sack: [
        [3001, 4001],
        [1001, 2001],
      ],
    });
    peer.receivesNothing();
    peer.sends({
      seq: 1,
      ack: 1,
      sack: [
        [3001, 5001],
        [1001, 2001],
      ],
    });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.sends({
      seq: 1,
      ack: 1,
      sack: [
        [3001, 6001],
        [1001, 2001],
      ],
    });
    peer.receives({ seq: 2001, ack: 1, bytes: 1000 });
    for (const right of [7001, 8001])
      peer.sends({
        seq: 1,
        ack: 1,
        sack: [
          [3001, right],
          [1001, 2001],
        ],
      });
    peer.receivesNothing();
    clock.advance(20);
    peer.sends({ seq: 1, ack: 2001, sack: [[3001, 8001]] });
    peer.sends({ seq: 1, ack: 8001 });
    clock.advance(10_000);
    peer.receivesNothing();
    expect(app.connection.recovery.state).toBe("open");
    expect(app.connection.congestion.window).toBe(7);
  });

  it("find a retransmission that was lost as well (RFC 8985 §3)", () => {
    const { app, peer, clock } = inFlight(5);
    app.writes(5000);
    peer.ignores();
    clock.advance(20);
    peer.sends({ seq: 1, ack: 1, sack: [[1001, 4001]] });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.ignores();
    app.writes(3000);
    clock.advance(20);
    // What was sent after the retransmission has arrived, the retransmission has not.
    peer.ignores();
    peer.sends({ seq: 1, ack: 1, sack: [[1001, 10_001]] });
    const heard = peer.heard();
    expect(heard.some((segment) => /seq (1|10001) /.test(segment))).toBe(true);
  });

  it("of one late segment are waited for, a quarter of the round trip long (RFC 8985 §6.2)", () => {
    const { peer, clock } = inFlight(3);
    clock.advance(20);
    peer.sends({ seq: 1, ack: 1, sack: [[1001, 2001]] });
    clock.advance(5);
    peer.receives({ seq: 1, ack: 1, bytes: 1000, at: 45 });
  });

  it("that make no sense are ignored", () => {
    for (const sack of [[[5001, 9001]], [[2001, 1001]], [[0, 1]], [[1501, 1801]]] as const) {
      const { app, peer, clock } = inFlight(4);
      clock.advance(20);
      peer.sends({ seq: 1, ack: 1, sack });
      expect(app.connection.recovery.sent.sacked).toBe(0);
      peer.receivesNothing();
    }
  });

  it("are forgotten when the timer expires on a peer that has thrown the data away (RFC 2018 §8)", () => {
    const { app, peer, clock } = inFlight(3);
    clock.advance(20);
    peer.sends({ seq: 1, ack: 1, sack: [[1001, 2001]] });
    peer.sends({ seq: 1, ack: 1001, sack: [[2001, 3001]] });
    peer.ignores();
    expect(app.connection.recovery.sent.sacked).toBe(2);
    clock.advance(3_000);
    expect(peer.heard()[0]).toContain("seq 1001 ");
    expect(app.connection.recovery.sent.sacked).toBe(0);
  });
});

describe("a tail loss probe (RFC 8985 §7)", () => {
  it("repeats the last segment after two round trips, and its answer shows what is lost", () => {
    const { peer, clock } = inFlight(4);
    clock.advance(42);
    peer.receives({ seq: 3001, ack: 1, bytes: 1000, at: 62 });
    clock.advance(20);
    peer.sends({ seq: 1, ack: 1001, sack: [[3001, 4001]] });
    expect(peer.heard().map((segment) => /seq \d+/.exec(segment)![0])).toEqual(["seq 1001", "seq 2001"]);
  });

  it("is new data if there is any", () => {
    const { app, peer, clock } = inFlight(10);
    app.writes(1000);
    peer.receivesNothing();
    clock.advance(42);
    peer.receives({ seq: 10_001, ack: 1, bytes: 1000, at: 62 });
  });

  it("waits longer for a lone segment, whose acknowledgment may be delayed", () => {
    const { peer, clock } = inFlight(1);
    clock.advance(239);
    // The retransmission timer is earlier: 200 ms at least.
    peer.receives({ seq: 1, ack: 1, bytes: 1000, at: 220 });
  });

  it("is not sent without SACK", () => {
    const d = dialogue();
    d.opens({ mss: 1000 });
    d.app.writes(4000);
    d.peer.ignores();
    d.clock.advance(199);
    d.peer.receivesNothing();
  });
});

describe("a time-out that was none (RFC 5682)", () => {
  it("is undone when what was sent before it is acknowledged after it", () => {
    const { app, peer, clock } = inFlight(10);
    app.writes(4000);
    clock.advance(42);
    peer.receives({ seq: 10_001, ack: 1, bytes: 1000, at: 62 }); // the probe
    clock.advance(300);
    peer.receives({ seq: 1, ack: 1, bytes: 1000, at: 262 });
    expect(app.connection.congestion.window).toBe(1);
    // All acknowledgments were late. The first may be the retransmission's, so new data is tried (step 2b) ...
    peer.sends({ seq: 1, ack: 1001 });
    peer.receives({ seq: 11_001, ack: 1, bytes: 1000 });
    peer.receives({ seq: 12_001, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    // ... and the second cannot be (step 3b).
    peer.sends({ seq: 1, ack: 2001 });
    expect(app.connection.recovery.state).toBe("open");
    expect(app.connection.congestion.window).toBe(10);
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 13_001 });
    peer.receives({ seq: 13_001, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 14_001 });
    clock.advance(10_000);
    peer.receivesNothing();
  });

  it("is one when the new data is answered by a duplicate", () => {
    const { app, peer, clock } = inFlight(10);
    app.writes(4000);
    clock.advance(300);
    peer.ignores();
    peer.sends({ seq: 1, ack: 1001 });
    expect(peer.ignores()).toBe(2);
    peer.sends({ seq: 1, ack: 1001, sack: [[11_001, 12_001]] });
    expect(app.connection.recovery.state).toBe("loss");
    peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
    peer.ignores();
  });
});
