import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import type { SegmentSpec } from "../support/segment-spec.js";

function opened(): Dialogue {
  const d = dialogue();
  d.opens();
  return d;
}

describe("a segment for nobody is answered with a reset (RFC 9293 §3.10.7.1)", () => {
  it.each<[string, SegmentSpec, SegmentSpec | undefined]>([
    ["a SYN", { syn: true, seq: 0 }, { rst: true, seq: 0, ack: 1 }],
    ["data", { seq: 10, data: "four" }, { rst: true, seq: 0, ack: 14 }],
    ["SYN, data and FIN", { syn: true, fin: true, seq: 0, data: "four" }, { rst: true, seq: 0, ack: 6 }],
    ["an acknowledgment", { seq: 10, ack: 77 }, { rst: true, seq: 77 }],
    ["a SYN-ACK", { syn: true, seq: 10, ack: 77 }, { rst: true, seq: 77 }],
    ["a reset", { rst: true, seq: 10 }, undefined],
    ["a reset with an acknowledgment", { rst: true, seq: 10, ack: 77 }, undefined],
  ])("%s", (_, arrives, answer) => {
    const { peer, machine } = dialogue();
    peer.sends(arrives);
    if (answer === undefined) peer.receivesNothing();
    else peer.receives(answer);
    expect(machine.stack.tcp.connections).toEqual([]);
  });
});

describe("in LISTEN (RFC 9293 §3.10.7.2)", () => {
  it.each<[string, SegmentSpec, SegmentSpec | undefined]>([
    ["an acknowledgment is reset", { seq: 10, ack: 77 }, { rst: true, seq: 77 }],
    ["so is a SYN-ACK", { syn: true, seq: 10, ack: 77 }, { rst: true, seq: 77 }],
    ["a reset is ignored", { rst: true, seq: 10 }, undefined],
    ["data alone is ignored", { seq: 10, data: "x" }, undefined],
    ["a FIN is ignored", { fin: true, seq: 10 }, undefined],
    ["a SYN with a FIN is ignored", { syn: true, fin: true, seq: 10 }, undefined],
  ])("%s", (_, arrives, answer) => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends(arrives);
    if (answer === undefined) peer.receivesNothing();
    else peer.receives(answer);
    expect(app.states).toEqual([]);
  });
});

describe("a reset of a connection (RFC 5961 §3.2)", () => {
  it("is believed with exactly the next sequence number", () => {
    const { app, peer, clock, machine } = opened();
    peer.sends({ rst: true, seq: 1 });
    peer.receivesNothing();
    expect(app.heard()).toEqual(["error ECONNRESET"]);
    expect(app.states).toEqual([]);
    expect(machine.stack.counters.tcpEstabResets).toBe(1);
    clock.advance(30_000); // the neighbor's entry has a timer, too
    expect(machine.stack.timers.size).toBe(0);
  });

  it("is challenged elsewhere in the window, and believed when it is repeated", () => {
    const { app, peer } = opened();
    peer.sends({ rst: true, seq: 2 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["ESTABLISHED"]);
    peer.sends({ rst: true, seq: 1 });
    expect(app.heard()).toEqual(["error ECONNRESET"]);
  });

  it("is ignored outside of the window", () => {
    const { app, peer } = opened();
    peer.sends({ rst: true, seq: 0 });
    peer.sends({ rst: true, seq: 300_000 });
    peer.receivesNothing();
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("is not made exact by data that it carries", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, ack: 1, bytes: 100 });
    app.heard();
    peer.sends({ rst: true, seq: 50, ack: 1, bytes: 1000 });
    peer.receives({ seq: 1, ack: 101 });
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("keeps what was received before it readable", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, ack: 1, data: "last words" });
    peer.sends({ rst: true, seq: 11 });
    expect(app.heard()).toEqual(["readable 10", "error ECONNRESET"]);
    expect(app.reads()).toBe("last words");
    expect(() => app.writes("x")).toThrow(/ECONNRESET/);
  });

  it.each<[string, (d: Dialogue) => void]>([
    ["FIN-WAIT-1", () => undefined],
    ["FIN-WAIT-2", ({ peer }) => peer.sends({ seq: 1, ack: 2 })],
  ])("ends %s without a word", (state, prepare) => {
    const d = opened();
    d.app.closes();
    d.peer.receives({ fin: true, seq: 1, ack: 1 });
    prepare(d);
    expect(d.app.states).toEqual([state]);
    d.peer.sends({ rst: true, seq: 1 });
    expect(d.app.states).toEqual([]);
    expect(d.app.heard()).toEqual([]);
    d.clock.advance(30_000);
    expect(d.machine.stack.timers.size).toBe(0);
  });
});

describe("a SYN for a connection (RFC 5961 §4.2)", () => {
  it.each([0, 1, 1000, 1_000_000])("with number %i is challenged", (seq) => {
    const { app, peer } = opened();
    peer.sends({ syn: true, seq });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("of a peer that has lost its memory ends in a reset (RFC 9293 §3.5.1, figure 10)", () => {
    const { app, peer } = opened();
    peer.sends({ syn: true, seq: 400 });
    peer.receives({ seq: 1, ack: 1 });
    peer.sends({ rst: true, seq: 1 });
    expect(app.heard()).toEqual(["error ECONNRESET"]);
  });

  it("is challenged no more than twice a second for one connection", () => {
    const { peer, clock, drops } = opened();
    peer.sends({ syn: true, seq: 400 });
    peer.receives({ seq: 1, ack: 1 });
    for (let i = 0; i < 5; i++) peer.sends({ rst: true, seq: 401 + i });
    peer.receivesNothing();
    expect(drops).toEqual({ "tcp-challenge-limit": 5 });
    clock.advance(500);
    peer.sends({ rst: true, seq: 400 });
    peer.receives({ seq: 1, ack: 1 });
  });

  it("is limited for each connection apart, so that none tells of another (CVE-2016-5696)", () => {
    const d = dialogue();
    d.app.listens();
    const peers = [1001, 1002].map((port) => d.anotherPeer(port));
    for (const peer of peers) {
      peer.sends({ syn: true, seq: 0 });
      peer.receives({ syn: true, seq: 0, ack: 1 });
      peer.sends({ seq: 1, ack: 1 });
    }
    for (let i = 0; i < 20; i++) {
      peers[0]!.sends({ rst: true, seq: 10 });
      peers[0]!.ignores();
    }
    peers[1]!.sends({ rst: true, seq: 10 });
    peers[1]!.receives({ seq: 1, ack: 1 });
  });
});

describe("an acknowledgment (RFC 5961 §5.2)", () => {
  it("of what was never sent is challenged, and its data dropped", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, ack: 2, data: "x" });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.heard()).toEqual([]);
  });

  it("older than any window is challenged, a merely old one ignored", () => {
    const d = dialogue();
    d.opens({ win: 1000 });
    d.app.writes("hello");
    d.peer.receives({ seq: 1, ack: 1, data: "hello" });
    d.peer.sends({ seq: 1, ack: 6, win: 1000 });
    d.peer.sends({ seq: 1, ack: 1, data: "taken" });
    d.clock.advance(40);
    d.peer.receives({ seq: 6, ack: 6 });
    d.peer.sends({ seq: 6, ack: 6 - 1001, data: "dropped" });
    d.peer.receives({ seq: 6, ack: 6 });
    expect(d.app.reads()).toBe("taken");
  });

  it("outside of the window is answered once, not for ever", () => {
    const { peer, drops } = opened();
    for (let i = 0; i < 3; i++) {
      peer.sends({ seq: -100, ack: 1 });
      expect(peer.ignores()).toBe(i === 0 ? 1 : 0);
    }
    expect(drops).toEqual({ "tcp-out-of-window": 3, "tcp-challenge-limit": 2 });
  });

  it("missing, drops the segment", () => {
    const { app, peer } = opened();
    peer.sends({ seq: 1, data: "x" });
    peer.receivesNothing();
    expect(app.heard()).toEqual([]);
  });
});
