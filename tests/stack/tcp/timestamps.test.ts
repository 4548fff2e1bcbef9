import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";

/** A connection with timestamps; the peer's first one is 0. */
function opened(): Dialogue {
  const d = dialogue();
  d.opens({ mss: 1000, ts: [0, 0] });
  return d;
}

describe("timestamps (RFC 7323 §3)", () => {
  it("are offered, and used if the peer agrees", () => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true, seq: 0, ts: [0, 0] });
    d.clock.advance(5);
    d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1000, ts: [70, 0] });
    d.peer.receives({ seq: 1, ack: 1, ts: [5, 70] });
    d.app.writes(2000);
    // Twelve bytes of each segment are theirs.
    d.peer.receives({ seq: 1, ack: 1, bytes: 988, ts: [5, 70] });
    d.peer.receives({ seq: 989, ack: 1, bytes: 988, ts: [5, 70] });
    d.peer.ignores();
  });

  it("are not used if it does not", () => {
    const d = dialogue();
    d.opens();
    d.app.writes("hello");
    expect(d.peer.heard()).toEqual([expect.not.stringContaining("ts")]);
  });

  it("echo the segment that the acknowledgment answers (§4.3)", () => {
    const { peer } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 10, ts: [10, 0] });
    peer.sends({ seq: 11, ack: 1, bytes: 10, ts: [20, 0] });
    // Two segments of what counts as full size: answered at once, with the earlier one's timestamp.
    peer.receives({ seq: 1, ack: 21, ts: [0, 10] });
    // One out of order is not what the acknowledgment answers.
    peer.sends({ seq: 31, ack: 1, bytes: 10, ts: [30, 0] });
    peer.receives({ seq: 1, ack: 21, ts: [0, 10] });
  });

  it("time what was retransmitted", () => {
    const { app, peer, clock } = opened();
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello" });
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, data: "hello" });
    clock.advance(30);
    peer.sends({ seq: 1, ack: 6, ts: [1, 200] });
    expect(app.connection.rtt.srtt).toBeCloseTo(30 / 8);
  });
});

describe("PAWS (RFC 7323 §5)", () => {
  it("refuses old duplicates, and says what is expected", () => {
    const { app, peer, drops, clock } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 10, ts: [100, 0] });
    clock.advance(40);
    peer.ignores();
    app.readsPattern();
    peer.sends({ seq: 11, ack: 1, bytes: 10, ts: [99, 0] });
    peer.receives({ seq: 1, ack: 11 });
    expect(app.readsPattern()).toBe(0);
    expect(drops).toEqual({ "tcp-paws": 1 });
  });

  it("does not hold for a reset, nor after 24 days of silence (§5.5)", () => {
    const d = opened();
    d.peer.sends({ seq: 1, ack: 1, bytes: 10, ts: [100, 0] });
    d.clock.advance(40);
    d.peer.ignores();
    d.clock.advance(25 * 24 * 3600 * 1000);
    d.peer.sends({ seq: 11, ack: 1, bytes: 10, ts: [50, 0] });
    d.clock.advance(40);
    d.peer.receives({ seq: 1, ack: 21, at: d.clock.now });
    d.peer.sends({ rst: true, seq: 21 });
    expect(d.app.states).toEqual([]);
  });

  it("drops segments without a timestamp once they were agreed on (§3.2)", () => {
    const { app, peer, drops } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 10 });
    peer.receivesNothing();
    expect(app.readsPattern()).toBe(0);
    expect(drops).toEqual({ "tcp-no-timestamp": 1 });
  });
});
