import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue, type Peer } from "../support/dialogue.js";

/** The handshake of one more peer, whom nobody accepts. */
function knocks(d: Dialogue, port: number): Peer {
  const peer = d.anotherPeer(port);
  peer.sends({ syn: true, seq: 0 });
  peer.receives({ syn: true, seq: 0, ack: 1 });
  peer.sends({ seq: 1, ack: 1 });
  return peer;
}

describe("a listener's backlog", () => {
  it("bounds the connections that wait; a SYN above it is dropped, not refused", () => {
    const d = dialogue();
    d.app.listens({ backlog: 2, accepting: false });
    knocks(d, 1001);
    knocks(d, 1002);
    const late = d.anotherPeer(1003);
    late.sends({ syn: true, seq: 0 });
    late.receivesNothing();
    expect(d.drops).toEqual({ "tcp-backlog-full": 1 });
    d.app.accepts();
    late.sends({ syn: true, seq: 0 });
    late.receives({ syn: true, seq: 0, ack: 1 });
  });

  it("drops the acknowledgment that would fill it over; the repeated SYN-ACK asks for another", () => {
    const d = dialogue();
    d.app.listens({ backlog: 1, accepting: false });
    const late = d.anotherPeer(1001);
    late.sends({ syn: true, seq: 0 });
    late.receives({ syn: true, seq: 0, ack: 1 });
    knocks(d, 1002);
    late.sends({ seq: 1, ack: 1, data: "early" });
    late.receivesNothing();
    expect(d.drops).toEqual({ "tcp-accept-queue-full": 1 });
    expect(d.app.states.sort()).toEqual(["ESTABLISHED", "SYN-RECEIVED"]);
    d.app.accepts();
    d.clock.advance(1000);
    late.receives({ syn: true, seq: 0, ack: 1 });
    late.sends({ seq: 1, ack: 1, data: "early" });
    d.app.accepts();
    expect(d.app.reads()).toBe("early");
  });

  it("resets instead where the option says so", () => {
    const d = dialogue({ tcp: { abortOnOverflow: true } });
    d.app.listens({ backlog: 1, accepting: false });
    const late = d.anotherPeer(1001);
    late.sends({ syn: true, seq: 0 });
    late.receives({ syn: true, seq: 0, ack: 1 });
    knocks(d, 1002);
    late.sends({ seq: 1, ack: 1 });
    late.receives({ rst: true, seq: 1 });
    expect(d.app.states).toEqual(["ESTABLISHED"]);
  });

  it("counts a connection that has gone no more", () => {
    const d = dialogue();
    d.app.listens({ backlog: 1, accepting: false });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ rst: true, seq: 1 });
    const next = knocks(d, 1001);
    next.sends({ rst: true, seq: 1 });
    expect(d.app.states).toEqual([]);
    expect(d.app.listener!.read()).toBeUndefined();
    knocks(d, 1002);
  });

  it("drops SYNs at the stack's own limit of connections", () => {
    const d = dialogue({ tcp: { maxConnections: 1 } });
    d.isOpened();
    const late = d.anotherPeer(1001);
    late.sends({ syn: true, seq: 0 });
    late.receivesNothing();
    expect(d.drops).toEqual({ "tcp-backlog-full": 1 });
    expect(() => new d.machine.stack.io.TCP({ address: "10.0.0.9", port: 1 })).toThrow(/ENOBUFS/);
  });

  it("is reset with the listener, handshakes included; what was accepted goes on", () => {
    const d = dialogue();
    d.isOpened();
    const half = d.anotherPeer(1001);
    half.sends({ syn: true, seq: 0 });
    half.receives({ syn: true, seq: 0, ack: 1 });
    d.app.listener!.close();
    half.receives({ rst: true, seq: 1, ack: 1 });
    d.peer.receivesNothing();
    expect(d.app.states).toEqual(["ESTABLISHED"]);
    const late = d.anotherPeer(1002);
    late.sends({ syn: true, seq: 0 });
    late.receives({ rst: true, seq: 0, ack: 1 });
  });

  it("resets a ready connection that nobody has accepted", () => {
    const d = dialogue();
    d.app.listens({ accepting: false });
    const ready = knocks(d, 1001);
    d.app.heard();
    d.app.listener!.close();
    ready.receives({ rst: true, seq: 1, ack: 1 });
    expect(d.app.states).toEqual([]);
    expect(() => d.app.listener!.read()).toThrow(/EBADF/);
    d.app.listener!.close();
  });

  it("tells how many have come, the lost ones left out", () => {
    const d = dialogue();
    d.app.listens({ accepting: false });
    const peers = [1001, 1002, 1003].map((port) => d.anotherPeer(port));
    for (const peer of peers) {
      peer.sends({ syn: true, seq: 0 });
      peer.receives({ syn: true, seq: 0, ack: 1 });
    }
    // All this happens before the stack is polled.
    d.machine.whileNotPolled(() => {
      for (const peer of peers) peer.sends({ seq: 1, ack: 1 });
      peers[0]!.sends({ rst: true, seq: 1 });
    });
    expect(d.app.heard()).toEqual(["incoming 2"]);
    d.app.accepts();
    d.app.accepts();
    expect(d.app.states).toEqual(["ESTABLISHED", "ESTABLISHED"]);
  });
});
