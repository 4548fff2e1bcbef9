import { describe, expect, it } from "@jest/globals";
import { setKeepAlive } from "../../../src/stack/tcp/keep-alive.js";
import {
  LEAST_ADOPTED_TIMEOUT,
  MOST_ADOPTED_TIMEOUT,
  setUserTimeout,
} from "../../../src/stack/tcp/user-timeout.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";

/** An open connection whose user waits 5 s. */
function impatient(): Dialogue {
  const d = dialogue();
  d.app.connects({ userTimeout: 5000 });
  d.peer.receives({ syn: true });
  d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460 });
  d.peer.receives({ seq: 1, ack: 1 });
  d.app.heard();
  return d;
}

/** An open connection with the option on the wire. */
function telling(uto: number | undefined): Dialogue {
  const d = dialogue({ tcp: { userTimeoutOption: true } });
  d.app.connects();
  d.peer.receives({ syn: true, uto: 300 });
  d.peer.sends({ syn: true, seq: 0, ack: 1, ...(uto !== undefined && { uto }) });
  d.peer.receives({ seq: 1, ack: 1, uto: 300 });
  d.app.heard();
  return d;
}

describe("the user time-out (RFC 9293 §3.9.1.1)", () => {
  it("ends the connection to the millisecond, after what was not acknowledged in time", () => {
    const { app, peer, clock, machine } = impatient();
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello" });
    clock.advance(4999);
    expect(peer.ignores()).toBe(4);
    expect(app.states).toEqual(["ESTABLISHED"]);
    clock.advance(1);
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
    expect(peer.ignores()).toBe(0);
    expect(machine.stack.timers.next).toBeGreaterThan(clock.now);
  });

  it("begins anew with each acknowledgment of new data", () => {
    const { app, peer, clock } = impatient();
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello" });
    clock.advance(4000);
    peer.ignores();
    peer.sends({ seq: 1, ack: 3 });
    clock.advance(4000);
    peer.ignores();
    expect(app.states).toEqual(["ESTABLISHED"]);
    clock.advance(2000);
    peer.ignores();
    expect(app.heard()).toContain("error ETIMEDOUT");
  });

  it("counts a closed window, although the peer answers each probe (RFC 6429)", () => {
    const { app, peer, clock } = impatient();
    peer.sends({ seq: 1, ack: 1, win: 0 });
    app.writes("hello");
    for (let i = 0; i < 30 && app.states.length > 0; i++) {
      clock.advance(200);
      if (peer.ignores() > 0 && app.states.length > 0) peer.sends({ seq: 1, ack: 1, win: 0 });
    }
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
    expect(clock.now).toBe(5200);
  });

  it("without one of the user's own a closed window lasts as long as the peer answers", () => {
    const d = dialogue();
    d.opens({ win: 0 });
    d.app.writes("hello");
    for (let i = 0; i < 60; i++) {
      d.clock.advance(10_000);
      if (d.peer.ignores() > 0) d.peer.sends({ seq: 1, ack: 1, win: 0 });
    }
    expect(d.app.states).toEqual(["ESTABLISHED"]);
  });

  it("says when keep-alive has asked for long enough", () => {
    const { app, peer, clock } = impatient();
    setKeepAlive(app.connection, 2000);
    clock.advance(4000);
    expect(peer.ignores()).toBe(2);
    clock.advance(2000);
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
  });

  it("does not cut short how long a SYN is repeated (RFC 1122 §4.2.3.5)", () => {
    const { app, peer, clock } = dialogue();
    app.connects({ userTimeout: 5000 });
    peer.ignores();
    clock.advance(170_000);
    expect(peer.ignores()).toBeGreaterThan(5);
    expect(app.states).toEqual(["SYN-SENT"]);
  });

  it.each([0, -1, Number.NaN])("cannot be %d", (userTimeout) => {
    expect(() => dialogue().app.connects({ userTimeout })).toThrow("EINVAL");
  });
});

describe("the user time-out option (RFC 5482)", () => {
  it("is neither sent nor believed by default (§3.1)", () => {
    const d = dialogue();
    d.app.connects();
    expect(d.machine.sent[0]!.tcp!.userTimeout).toBeUndefined();
    d.peer.ignores();
    d.peer.sends({ syn: true, seq: 0, ack: 1, uto: 600 });
    d.peer.ignores();
    expect(d.app.connection.userTimeout).toBe(300_000);
  });

  it("goes out with the SYN and once behind it (§3.2)", () => {
    const { app, machine } = telling(undefined);
    app.writes("hello");
    expect(machine.sent[0]!.tcp!.userTimeout).toBeUndefined();
  });

  it("goes out with the SYN-ACK", () => {
    const { app, peer } = dialogue({ tcp: { userTimeoutOption: true } });
    app.listens();
    peer.sends({ syn: true, seq: 0, uto: 400 });
    peer.receives({ syn: true, seq: 0, ack: 1, uto: 300 });
    peer.sends({ seq: 1, ack: 1 });
    expect(app.connection.userTimeout).toBe(400_000);
  });

  it.each([
    ["longer than ours", 600, 600_000],
    ["shorter than ours", 30, 300_000],
    ["in minutes", 0x8000 | 20, 1_200_000],
    ["beyond the limit", 0x8000 | 32_767, MOST_ADOPTED_TIMEOUT],
  ])("is adopted: one that is %s", (_, uto, adopted) => {
    expect(telling(uto).app.connection.userTimeout).toBe(adopted);
  });

  it("is adopted from later segments, and never less than what a host must wait", () => {
    const d = dialogue({ tcp: { userTimeoutOption: true, userTimeout: 10_000 } });
    d.app.connects();
    d.peer.receives({ syn: true, uto: 10 });
    d.peer.sends({ syn: true, seq: 0, ack: 1 });
    d.peer.receives({ seq: 1, ack: 1, uto: 10 });
    d.peer.sends({ seq: 1, ack: 1, uto: 20 });
    expect(d.app.connection.userTimeout).toBe(LEAST_ADOPTED_TIMEOUT);
  });

  it("changes nothing once the user has chosen, who is quoted in the next segment", () => {
    const { app, peer } = telling(undefined);
    setUserTimeout(app.connection, 7000);
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello", uto: 7 });
    peer.sends({ seq: 1, ack: 6, uto: 600 });
    expect(app.connection.userTimeout).toBe(7000);
  });

  it("is not believed in a reset, nor outside of the window", () => {
    const { app, peer } = telling(undefined);
    peer.sends({ rst: true, seq: 100, uto: 600 });
    peer.receives({ seq: 1, ack: 1 });
    peer.sends({ seq: 300_000, ack: 1, data: "far", uto: 600 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.connection.userTimeout).toBe(300_000);
  });

  it("lets SACK blocks go first", () => {
    const d = dialogue({ tcp: { userTimeoutOption: true } });
    d.app.connects();
    d.peer.receives({ syn: true });
    d.peer.sends({ syn: true, seq: 0, ack: 1, sackOk: true });
    d.peer.receives({ seq: 1, ack: 1, uto: 300 });
    setUserTimeout(d.app.connection, 9000);
    d.peer.sends({ seq: 11, ack: 1, bytes: 10 });
    d.peer.receives({ seq: 1, ack: 1, sack: [[11, 21]] });
    d.peer.sends({ seq: 1, ack: 1, bytes: 10 });
    d.peer.receives({ seq: 1, ack: 21, uto: 9 });
  });
});
