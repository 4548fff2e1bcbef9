import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";

function opened(): Dialogue {
  const d = dialogue();
  d.opens();
  return d;
}

describe("closing first (RFC 9293 §3.6, case 1)", () => {
  it("goes through FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT", () => {
    const { app, peer, clock, machine } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    expect(app.states).toEqual(["FIN-WAIT-1"]);
    peer.sends({ seq: 1, ack: 2 });
    expect(app.states).toEqual(["FIN-WAIT-2"]);
    clock.advance(1000);
    peer.sends({ fin: true, seq: 1, ack: 2 });
    peer.receives({ seq: 2, ack: 2 });
    expect(app.states).toEqual(["TIME-WAIT"]);
    clock.advance(59_999);
    expect(app.states).toEqual(["TIME-WAIT"]);
    clock.advance(1);
    expect(app.states).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
    expect(app.heard()).toEqual([]);
  });

  it("goes straight to TIME-WAIT if the peer's FIN acknowledges ours", () => {
    const { app, peer } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    peer.sends({ fin: true, seq: 1, ack: 2 });
    peer.receives({ seq: 2, ack: 2 });
    expect(app.states).toEqual(["TIME-WAIT"]);
  });

  it("lets the FIN follow what was written, on the last segment", () => {
    const d = dialogue();
    d.opens({ mss: 1000 });
    d.app.writes(1500);
    d.app.closes();
    d.peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    d.peer.receives({ fin: true, seq: 1001, ack: 1, bytes: 500 });
    d.peer.sends({ seq: 1, ack: 1502 });
    expect(d.app.states).toEqual(["FIN-WAIT-2"]);
  });

  it("sends the FIN once the window has let the rest go", () => {
    const d = dialogue();
    d.opens({ mss: 1000, win: 1000 });
    d.app.writes(1500);
    d.app.closes();
    d.peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    expect(d.app.states).toEqual(["ESTABLISHED"]);
    d.peer.sends({ seq: 1, ack: 1001, win: 1000 });
    d.peer.receives({ fin: true, seq: 1001, ack: 1, bytes: 500 });
    expect(d.app.states).toEqual(["FIN-WAIT-1"]);
  });

  it("repeats a FIN that was lost, with the data before it", () => {
    const { app, peer, clock } = opened();
    app.writes("bye");
    peer.receives({ seq: 1, ack: 1, data: "bye" });
    app.closes();
    peer.receives({ fin: true, seq: 4, ack: 1 });
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, data: "bye" });
    peer.sends({ seq: 1, ack: 4 });
    peer.receives({ fin: true, seq: 4, ack: 1 });
    peer.sends({ seq: 1, ack: 5 });
    expect(app.states).toEqual(["FIN-WAIT-2"]);
  });

  it("forgets a peer that never acknowledges the FIN", () => {
    const { app, peer, clock, machine } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    clock.advance(400_000);
    expect(peer.ignores()).toBeGreaterThan(5);
    expect(app.states).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
  });

  it("does not wait for ever in FIN-WAIT-2 for a peer that nobody listens to", () => {
    const { app, peer, clock } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    peer.sends({ seq: 1, ack: 2 });
    clock.advance(59_999);
    expect(app.states).toEqual(["FIN-WAIT-2"]);
    clock.advance(1);
    expect(app.states).toEqual([]);
    peer.sends({ fin: true, seq: 1, ack: 2 });
    peer.receives({ rst: true, seq: 2 });
  });
});

describe("closing at the same time (RFC 9293 §3.6, case 3)", () => {
  it("goes through CLOSING to TIME-WAIT", () => {
    const { app, peer, clock } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ seq: 2, ack: 2 });
    expect(app.states).toEqual(["CLOSING"]);
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ seq: 2, ack: 2 });
    peer.sends({ seq: 2, ack: 2 });
    expect(app.states).toEqual(["TIME-WAIT"]);
    clock.advance(60_000);
    expect(app.states).toEqual([]);
  });

  it("repeats the FIN in CLOSING", () => {
    const { app, peer, clock } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ seq: 2, ack: 2 });
    clock.advance(200);
    peer.receives({ fin: true, seq: 1, ack: 2 });
  });
});

describe("being closed (RFC 9293 §3.6, case 2)", () => {
  it("goes through CLOSE-WAIT and LAST-ACK, without TIME-WAIT", () => {
    const { app, peer, clock, machine } = opened();
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 2 });
    expect(app.states).toEqual(["CLOSE-WAIT"]);
    expect(app.heard()).toEqual(["end"]);
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 2 });
    expect(app.states).toEqual(["LAST-ACK"]);
    clock.advance(200);
    peer.receives({ fin: true, seq: 1, ack: 2 });
    peer.sends({ seq: 2, ack: 2 });
    expect(app.states).toEqual([]);
    clock.advance(30_000); // the neighbor's entry has a timer, too
    expect(machine.stack.timers.size).toBe(0);
  });

  it("still sends: the connection is half closed", () => {
    const { app, peer } = opened();
    peer.sends({ fin: true, seq: 1, ack: 1, data: "request" });
    peer.receives({ seq: 1, ack: 9 });
    expect(app.heard()).toEqual(["readable 7"]);
    expect(app.reads()).toBe("request");
    expect(app.heard()).toEqual(["end"]);
    app.writes("answer");
    peer.receives({ seq: 1, ack: 9, data: "answer" });
    peer.sends({ seq: 9, ack: 7 });
    app.closes();
    peer.receives({ fin: true, seq: 7, ack: 9 });
    peer.sends({ seq: 9, ack: 8 });
    expect(app.states).toEqual([]);
  });

  it("acknowledges a repeated FIN, and ignores data behind it", () => {
    const { app, peer } = opened();
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 2 });
    app.heard();
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 2 });
    peer.sends({ seq: 2, ack: 1, data: "too late" });
    peer.ignores();
    expect(app.connection.readable).toBe(0);
    expect(app.heard()).toEqual([]);
    expect(app.states).toEqual(["CLOSE-WAIT"]);
  });
});

describe("closing with data under way (RFC 1122 §4.2.2.13)", () => {
  it("resets if the program has not read all", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, ack: 1, data: "unread" });
    app.closes();
    peer.receives({ rst: true, seq: 1, ack: 7 });
    expect(app.states).toEqual([]);
  });

  it("resets when data comes that nobody will read", () => {
    const { app, peer, clock } = opened();
    app.closes();
    peer.receives({ fin: true, seq: 1, ack: 1 });
    peer.sends({ seq: 1, ack: 2 });
    clock.advance(100);
    peer.sends({ seq: 1, ack: 2, data: "more" });
    peer.receives({ rst: true, seq: 2, ack: 1 });
    expect(app.states).toEqual([]);
    peer.sends({ seq: 5, ack: 2, data: "and more" });
    peer.receives({ rst: true, seq: 2 });
  });
});
