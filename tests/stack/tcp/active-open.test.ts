import { describe, expect, it } from "@jest/globals";
import { dialogue } from "../support/dialogue.js";

describe("an active open (RFC 9293 §3.10.1)", () => {
  it("takes three segments", () => {
    const { app, peer, clock } = dialogue();
    app.connects();
    peer.receives({ syn: true, seq: 0, win: 65_535, mss: 1460, wscale: 7 });
    expect(app.states).toEqual(["SYN-SENT"]);
    clock.advance(20);
    peer.sends({ syn: true, seq: 0, ack: 1, win: 8000, mss: 1000 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["ESTABLISHED"]);
    expect(app.heard()).toEqual([`writable ${64 * 1024}`]);
  });

  it("repeats its SYN after 1, 3, 7, 15, … seconds, then gives up (RFC 6298, RFC 1122 §4.2.3.5)", () => {
    const { app, peer, clock } = dialogue();
    app.connects();
    peer.receives({ syn: true, seq: 0, at: 0 });
    clock.advance(200_000);
    for (const at of [1, 3, 7, 15, 31, 63, 123]) peer.receives({ syn: true, seq: 0, at: at * 1000 });
    peer.receivesNothing();
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
    expect(app.states).toEqual([]);
  });

  it("has its full time even if the stack was idle for an hour before", () => {
    const { app, peer, clock, machine } = dialogue();
    clock.advance(3_600_000);
    app.connects();
    peer.receives({ syn: true });
    clock.advance(1_000);
    peer.receives({ syn: true });
    expect(app.heard()).toEqual([]);
    expect(machine.stack.timers.size).toBeGreaterThan(0);
  });

  it("is refused by a reset that acknowledges the SYN", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ rst: true, seq: 0, ack: 1 });
    expect(app.heard()).toEqual(["error ECONNREFUSED"]);
    expect(app.states).toEqual([]);
  });

  it("ignores a reset that acknowledges something else, or nothing", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ rst: true, seq: 0, ack: 2 });
    peer.sends({ rst: true, seq: 0 });
    peer.receivesNothing();
    expect(app.states).toEqual(["SYN-SENT"]);
  });

  it("answers an acknowledgment of something else with a reset (§3.5.2)", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ seq: 300, ack: 400 });
    peer.receives({ rst: true, seq: 400 });
    peer.sends({ syn: true, seq: 300, ack: 0 });
    peer.receives({ rst: true, seq: 0 });
    expect(app.states).toEqual(["SYN-SENT"]);
  });

  it("takes data that comes with the SYN-ACK, as far as the window goes", () => {
    const { app, peer } = dialogue({ tcp: { receiveBuffer: 1024 } });
    app.connects();
    peer.receives({ syn: true, win: 1024 });
    peer.sends({ syn: true, seq: 0, ack: 1, data: "x".repeat(1400) });
    peer.receives({ seq: 1, ack: 1025, win: 0 });
    expect(app.heard()).toEqual(["writable 65536", "readable 1024"]);
    expect(app.reads()).toBe("x".repeat(1024));
    peer.receives({ seq: 1, ack: 1025, win: 1024 });
  });

  it("starts with 3 s and one segment after a lost SYN (RFC 6298 §5.7, RFC 5681 §3.1)", () => {
    const { app, peer, clock } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    clock.advance(1000);
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0, ack: 1, mss: 1000 });
    peer.receives({ seq: 1, ack: 1 });
    app.writes(3000);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    clock.advance(3000);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
  });

  it("sends nothing more once the program has closed it", () => {
    const { app, peer, clock, machine } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    app.closes();
    clock.advance(10_000);
    peer.receivesNothing();
    expect(app.states).toEqual([]);
    expect(machine.stack.tcp.hasOutput).toBe(false);
    peer.sends({ syn: true, seq: 0, ack: 1 });
    peer.receives({ rst: true, seq: 1 });
    expect(app.heard()).toEqual([]);
  });

  it("is refused for addresses that no host has (RFC 1122 §4.2.3.10)", () => {
    const { machine } = dialogue({ gateway: "10.0.0.9" });
    const { TCP } = machine.stack.io;
    const connect = (address: string) => () => new TCP({ address, port: 80 });
    for (const address of ["255.255.255.255", "10.0.0.255", "224.0.0.1", "0.0.0.0"]) {
      expect(connect(address)).toThrow(/EINVAL|ENETUNREACH/);
    }
    expect(machine.stack.tcp.connections).toEqual([]);
  });
});

describe("a simultaneous open (RFC 9293 §3.5, figure 7)", () => {
  it("ends in one connection", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true, seq: 0 });
    peer.sends({ syn: true, seq: 0, win: 4000, mss: 1460 });
    peer.receives({ syn: true, seq: 0, ack: 1, mss: 1460 });
    expect(app.states).toEqual(["SYN-RECEIVED"]);
    peer.sends({ syn: true, seq: 0, ack: 1, win: 4000 });
    expect(app.states).toEqual(["ESTABLISHED"]);
    expect(app.heard()).toEqual(["writable 65536"]);
    expect(peer.heard().length).toBeLessThanOrEqual(1);
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello" });
  });

  it("takes the window of the peer's SYN-ACK as it stands (RFC 7323 §2.2)", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0, win: 500, mss: 1460, wscale: 7 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ syn: true, seq: 0, ack: 1, win: 500, wscale: 7 });
    peer.ignores();
    app.writes(10_000);
    peer.receives({ seq: 1, ack: 1, bytes: 500 });
    peer.receivesNothing();
  });

  it("may also end with a plain acknowledgment", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    peer.receivesNothing();
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("repeats its SYN-ACK when the peer repeats its SYN", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
  });

  it("can be closed on the way: a FIN follows the handshake", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    app.closes();
    peer.sends({ seq: 1, ack: 1 });
    peer.receives({ fin: true, seq: 1, ack: 1 });
    expect(app.heard()).toEqual([]);
  });

  it("can be refused on the way", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ rst: true, seq: 1 });
    expect(app.heard()).toEqual(["error ECONNREFUSED"]);
  });
});
