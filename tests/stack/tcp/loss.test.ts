import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import type { MachineOptions } from "../support/machine.js";

/** A connection that has sent so many segments of 1000 bytes, all of which are out. */
function inFlight(segments: number, options?: MachineOptions): Dialogue {
  const d = dialogue(options);
  d.opens({ mss: 1000 });
  d.app.writes(segments * 1000);
  for (let i = 0; i < segments; i++) d.peer.receives({ seq: 1 + i * 1000, ack: 1, bytes: 1000 });
  d.peer.receivesNothing();
  return d;
}

describe("the retransmission timer (RFC 6298 §5)", () => {
  it("doubles at each expiry, up to a minute", () => {
    const { peer, clock } = inFlight(1, { tcp: { mtuProbing: "off" } });
    clock.advance(200_000);
    let [at, rto] = [0, 200];
    for (let i = 0; i < 10; i++) {
      at += rto;
      peer.receives({ seq: 1, ack: 1, bytes: 1000, at });
      rto = Math.min(60_000, rto * 2);
    }
    peer.ignores();
  });

  it("ends the connection after the user time-out (RFC 9293 §3.8.3)", () => {
    const { app, peer, clock, machine } = inFlight(1);
    clock.advance(299_000);
    expect(peer.ignores()).toBeGreaterThan(5);
    expect(app.states).toEqual(["ESTABLISHED"]);
    clock.advance(60_000);
    peer.ignores();
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
    expect(machine.stack.timers.size).toBe(0);
  });

  it("starts again with each acknowledgment of new data (§5.3)", () => {
    const { peer, clock } = inFlight(2);
    clock.advance(150);
    peer.sends({ seq: 1, ack: 1001 });
    clock.advance(199);
    peer.receivesNothing();
    clock.advance(1);
    peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
  });

  it("does not measure what was sent twice (§3)", () => {
    const { app, peer, clock } = inFlight(1);
    const { srtt } = app.connection.rtt;
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    clock.advance(10);
    peer.sends({ seq: 1, ack: 1001 });
    expect(app.connection.rtt.srtt).toBe(srtt);
  });

  it("sends one segment, then slow start from there", () => {
    const { peer, clock } = inFlight(4);
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 1001 });
    peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
    peer.receives({ seq: 2001, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 4001 });
    clock.advance(10_000);
    peer.receivesNothing();
  });

  it("acknowledges with what the peer expects, although it sends older data again", () => {
    const { peer, clock } = inFlight(3);
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 1, data: "hi" });
    clock.advance(40);
    peer.receives({ seq: 3001, ack: 3 });
  });
});

describe("fast retransmit and fast recovery (RFC 5681 §3.2, RFC 6582)", () => {
  it("repeats the first segment at the third duplicate acknowledgment", () => {
    const { peer } = inFlight(5);
    peer.sends({ seq: 1, ack: 1001 });
    for (let i = 0; i < 2; i++) peer.sends({ seq: 1, ack: 1001 });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 1001 });
    peer.receives({ seq: 1001, ack: 1, bytes: 1000 });
    peer.receivesNothing();
  });

  it("does so for the very first segment", () => {
    const { peer } = inFlight(4);
    for (let i = 0; i < 2; i++) peer.sends({ seq: 1, ack: 1 });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
  });

  it("repeats the next hole at each partial acknowledgment, and ends when all is acknowledged", () => {
    const { app, peer } = inFlight(6);
    for (let i = 0; i < 3; i++) peer.sends({ seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 2001 });
    peer.receives({ seq: 2001, ack: 1, bytes: 1000 });
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 6001 });
    peer.receivesNothing();
    expect(app.connection.recovery.state).toBe("open");
    // CUBIC's β of the 10 that it began with (RFC 9438 §4.6).
    expect(app.connection.congestion.window).toBe(7);
  });

  it("sends new data for the first two duplicate acknowledgments (RFC 3042), then what is lost", () => {
    const { app, peer } = inFlight(10);
    app.writes(5000);
    peer.receivesNothing();
    peer.sends({ seq: 1, ack: 1 });
    peer.receives({ seq: 10_001, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 1 });
    peer.receives({ seq: 11_001, ack: 1, bytes: 1000 });
    peer.sends({ seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.receivesNothing();
  });

  it("lets what is in flight fall from 12 to 7 segments in the round trip of the loss (RFC 6937)", () => {
    const { app, peer } = inFlight(10);
    app.writes(20_000);
    for (let i = 0; i < 3; i++) {
      peer.sends({ seq: 1, ack: 1 });
      peer.ignores();
    }
    let sent = 0;
    for (let i = 0; i < 8; i++) {
      peer.sends({ seq: 1, ack: 1 });
      sent += peer.ignores();
    }
    // Seven tenths of what arrives; one of these was the retransmission.
    expect(sent).toBe(6);
    expect(app.connection.recovery.state).toBe("recovery");
  });

  it("is not started by duplicates of what a time-out has repeated (RFC 6582 §3.2)", () => {
    const { peer, clock } = inFlight(5);
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    for (let i = 0; i < 4; i++) peer.sends({ seq: 1, ack: 1 });
    peer.receivesNothing();
  });

  it("does not count window updates, data or probes as duplicates", () => {
    const { app, peer } = inFlight(4);
    for (const win of [60_000, 61_000, 62_000, 63_000]) peer.sends({ seq: 1, ack: 1, win });
    peer.receivesNothing();
    for (const seq of [1, 3, 5, 7]) {
      peer.sends({ seq, ack: 1, data: "no" });
      peer.ignores();
    }
    expect(app.connection.recovery.state).toBe("open");
  });

  it("repeats segments as they were, although the peer has taken back a part of its window", () => {
    const { peer } = inFlight(4);
    peer.sends({ seq: 1, ack: 1, win: 950 });
    for (let i = 0; i < 3; i++) peer.sends({ seq: 1, ack: 1, win: 950 });
    peer.receives({ seq: 1, ack: 1, bytes: 1000 });
    peer.receivesNothing();
  });
});
