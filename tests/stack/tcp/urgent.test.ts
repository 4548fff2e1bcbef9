import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";

function open(): Dialogue {
  const d = dialogue();
  d.opens({ mss: 1000 });
  return d;
}

describe("urgent data that is sent (RFC 9293 §3.8.5, RFC 6093)", () => {
  it("is marked by a pointer to the byte behind it", () => {
    const { app, peer } = open();
    app.writes("normal ");
    peer.receives({ seq: 1, ack: 1, data: "normal " });
    app.writesUrgent("stop");
    peer.receives({ seq: 8, ack: 1, data: "stop", urg: 4 });
    app.writes("go on");
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 12 });
    peer.receives({ seq: 12, ack: 1, data: "go on" });
  });

  it("keeps its mark in every segment up to it, and in what is sent again", () => {
    const { app, peer, clock } = open();
    app.writes(2000);
    peer.ignores();
    app.writesUrgent("!");
    peer.receives({ seq: 2001, ack: 1, data: "!", urg: 1 });
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, bytes: 1000, urg: 2001 });
    peer.sends({ seq: 1, ack: 1001 });
    peer.receives({ seq: 1001, ack: 1, bytes: 1000, urg: 1001 });
    peer.receives({ seq: 2001, ack: 1, data: "!", urg: 1 });
    peer.sends({ seq: 1, ack: 2002 });
    app.writes("x");
    peer.receives({ seq: 2002, ack: 1, data: "x" });
  });

  it("is announced even if the window takes no data", () => {
    const { app, peer, clock } = open();
    peer.sends({ seq: 1, ack: 1, win: 0 });
    app.writesUrgent("stop");
    peer.receives({ seq: 1, ack: 1, urg: 4 });
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, data: "s", urg: 4 });
    peer.sends({ seq: 1, ack: 2, win: 100 });
    peer.receives({ seq: 2, ack: 1, data: "top", urg: 3 });
  });

  it("further away than the field can say is said to be as far as it can", () => {
    const d = dialogue({ tcp: { sendBuffer: 100_000 } });
    d.opens({ win: 0, mss: 1000 });
    d.app.writes(70_000);
    d.app.writesUrgent("!");
    d.peer.receives({ seq: 1, ack: 1, urg: 65_535 });
  });
});

describe("urgent data that comes", () => {
  it("is told of once, with how much there is to read until it ends, and is read with the rest", () => {
    const { app, peer } = open();
    peer.sends({ seq: 1, ack: 1, data: "normal stop", urg: 11 });
    expect(app.heard()).toEqual(["urgent 11", "readable 11"]);
    peer.sends({ seq: 12, ack: 1, data: "now", urg: 3 });
    peer.receives({ seq: 1, ack: 15 });
    expect(app.heard()).toEqual(["readable 14"]);
    expect(app.socket!.urgentBytes).toBe(14);
    expect(app.reads()).toBe("normal stopnow");
    expect(app.socket!.urgentBytes).toBe(0);
    peer.sends({ seq: 15, ack: 1, data: "!", urg: 1 });
    expect(app.heard()).toEqual(["urgent 1", "readable 1"]);
  });

  it("is told of before it is there", () => {
    const { app, peer } = open();
    peer.sends({ seq: 1, ack: 1, urg: 100 });
    expect(app.heard()).toEqual(["urgent 100"]);
    peer.sends({ seq: 1, ack: 1, bytes: 60 });
    expect(app.readsPattern()).toBe(60);
    expect(app.socket!.urgentBytes).toBe(40);
  });

  it("is told of although the window is closed", () => {
    const d = dialogue({ tcp: { receiveBuffer: 4096 } });
    d.opens();
    const full = 4096;
    for (let seq = 1; seq < full; seq += 1024) {
      d.peer.sends({ seq, ack: 1, bytes: 1024 });
      d.peer.ignores();
    }
    d.app.heard();
    d.peer.sends({ seq: full + 1, ack: 1, urg: 5 });
    expect(d.app.heard()).toEqual([`urgent ${full + 5}`]);
  });

  it.each([
    ["a pointer to what was read already", { seq: 1, ack: 1, data: "abc", urg: 0 }],
    ["a mark outside of the window", { seq: 400_000, ack: 1, data: "abc", urg: 3 }],
  ])("is not believed: %s", (_, segment) => {
    const { app, peer } = open();
    peer.sends(segment);
    peer.ignores();
    expect(app.heard().filter((event) => event.startsWith("urgent"))).toEqual([]);
  });

  it("is told of to a program that accepts the connection later", () => {
    const { app, peer } = dialogue();
    app.listens({ accepting: false });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1, data: "stop", urg: 4 });
    peer.ignores();
    app.heard();
    app.accepts();
    expect(app.heard()).toContain("urgent 4");
  });
});
