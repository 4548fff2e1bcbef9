import { describe, expect, it } from "@jest/globals";
import { dialogue } from "../support/dialogue.js";

describe("Nagle's algorithm (RFC 9293 §3.7.4)", () => {
  it("holds a small segment back while another one is unacknowledged", () => {
    const d = dialogue();
    d.opens();
    d.app.writes("a");
    d.peer.receives({ seq: 1, ack: 1, data: "a" });
    d.app.writes("b");
    d.app.writes("c");
    d.peer.receivesNothing();
    d.clock.advance(20);
    d.peer.sends({ seq: 1, ack: 2 });
    d.peer.receives({ seq: 2, ack: 1, data: "bc" });
  });

  it("sends full segments at once, and the rest with the acknowledgment", () => {
    const d = dialogue();
    d.opens({ mss: 1000 });
    d.app.writes(2500);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    d.peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
    d.peer.receivesNothing();
    d.peer.sends({ seq: 1, ack: 1001 });
    d.peer.receivesNothing();
    d.peer.sends({ seq: 1, ack: 2001 });
    d.peer.receives({ seq: 2001, ack: 1, bytes: 500 });
  });

  it.each([{ noDelay: true }, { nodelay: true }])("is off with %j", (option) => {
    const { app, peer } = dialogue();
    app.connects(option);
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460 });
    peer.receives({ ack: 1 });
    app.writes("a");
    peer.receives({ seq: 1, ack: 1, data: "a" });
    app.writes("b");
    peer.receives({ seq: 2, ack: 1, data: "b" });
  });

  it("does not hold back what the program has finished with", () => {
    const d = dialogue();
    d.opens();
    d.app.writes("a");
    d.peer.receives({ seq: 1, ack: 1, data: "a" });
    d.app.writes("b");
    d.app.closes();
    d.peer.receives({ fin: true, seq: 2, ack: 1, data: "b" });
  });
});

describe("the send buffer", () => {
  it.each([
    ["a segment's worth of it is free", 4000, 1],
    ["an eighth of it is free, where that is more", 32_000, 4],
    ["half of it is free, where a segment is more than that", 1500, 1],
  ])("tells the program of room once %s", (_, sendBuffer, acknowledgments) => {
    const d = dialogue({ tcp: { sendBuffer, initialWindow: 100 } });
    d.opens({ mss: 1000 });
    d.app.writes(sendBuffer);
    d.peer.ignores();
    for (let i = 1; i < acknowledgments; i++) d.peer.sends({ seq: 1, ack: 1 + 1000 * i });
    expect(d.app.heard()).toEqual([]);
    d.peer.ignores();
    d.peer.sends({ seq: 1, ack: 1 + 1000 * acknowledgments });
    expect(d.app.heard()).toEqual([`writable ${1000 * acknowledgments}`]);
  });

  it("tells of more room also while the program waits for enough of it", () => {
    const d = dialogue({ tcp: { sendBuffer: 4000 } });
    d.opens({ mss: 1000 });
    d.app.writes(4000);
    d.peer.ignores();
    for (const ack of [1001, 2001, 3001, 4001]) d.peer.sends({ seq: 1, ack });
    expect(d.app.heard()).toEqual([1000, 2000, 3000, 4000].map((room) => `writable ${room}`));
  });

  it("tells it again if what it wants to write still did not fit", () => {
    const d = dialogue({ tcp: { sendBuffer: 4000 } });
    d.opens({ mss: 1000 });
    d.app.writes(4000);
    d.peer.ignores();
    d.peer.sends({ seq: 1, ack: 2001 });
    expect(d.app.heard()).toEqual(["writable 2000"]);
    expect(() => d.app.writes(3000)).toThrow(
      /3000 bytes do not fit into the 2000 that are free \(EWOULDBLOCK\)/,
    );
    d.peer.sends({ seq: 1, ack: 4001 });
    expect(d.app.heard()).toEqual(["writable 4000"]);
    d.app.writes(3000);
    d.peer.ignores();
  });

  it("never sends beyond the window nor the congestion window", () => {
    const d = dialogue({ tcp: { initialWindow: 2 } });
    d.opens({ mss: 1000, win: 3500 });
    d.app.writes(10_000);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    d.peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
    d.peer.receivesNothing();
    d.peer.sends({ seq: 1, ack: 2001, win: 3500 });
    for (const seq of [2001, 3001, 4001]) d.peer.receives({ seq, ack: 1, bytes: 1000 });
    d.peer.receivesNothing();
  });
});

describe("slow start (RFC 5681 §3.1)", () => {
  it("doubles what is sent each round trip", () => {
    const d = dialogue({ tcp: { initialWindow: 1 } });
    d.opens({ mss: 1000 });
    d.app.writes(50_000);
    let acked = 1;
    const rounds: number[] = [];
    for (let sent = d.peer.ignores(); rounds.length < 5;) {
      rounds.push(sent);
      let next = 0;
      for (let i = 0; i < sent; i++) {
        d.peer.sends({ seq: 1, ack: (acked += 1000) });
        next += d.peer.ignores();
      }
      sent = next;
    }
    expect(rounds).toEqual([1, 2, 4, 8, 16]);
  });
});
