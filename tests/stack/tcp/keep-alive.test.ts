import { describe, expect, it } from "@jest/globals";
import { MAX_KEEP_ALIVE_PROBES, setKeepAlive } from "../../../src/stack/tcp/keep-alive.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";

function kept(interval: number): Dialogue {
  const d = dialogue();
  d.opens();
  setKeepAlive(d.app.connection, interval);
  return d;
}

describe("keep-alive (RFC 9293 §3.8.4)", () => {
  it("asks a silent peer with the number before the next", () => {
    const { peer, clock } = kept(1000);
    clock.advance(999);
    peer.receivesNothing();
    clock.advance(1);
    peer.receives({ seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    clock.advance(1000);
    peer.receives({ seq: 0, ack: 1 });
  });

  it("counts silence from the last segment that came", () => {
    const { peer, clock } = kept(1000);
    clock.advance(700);
    peer.sends({ seq: 1, ack: 1, data: "hi" });
    clock.advance(999);
    peer.ignores();
    clock.advance(1);
    peer.receives({ seq: 0, ack: 3 });
  });

  it("asks when it is due, by a clock whose fractions of a ms do not add up", () => {
    // For each start, start + 1000 is rounded, and may be more or less than 1000 away from it.
    for (let start = 0.37; start < 100; start += 0.37) {
      const { peer, clock } = kept(1000);
      clock.advance(start);
      peer.sends({ seq: 1, ack: 1, data: "hi" });
      clock.advance(999);
      peer.ignores();
      clock.advance(1.001);
      expect(peer.heard()).toHaveLength(1);
    }
  });

  it("gives up after nine questions", () => {
    const { app, peer, clock, machine } = kept(1000);
    for (let i = 0; i < MAX_KEEP_ALIVE_PROBES; i++) {
      clock.advance(1000);
      peer.receives({ seq: 0, ack: 1 });
    }
    expect(app.states).toEqual(["ESTABLISHED"]);
    clock.advance(1000);
    expect(app.heard()).toEqual(["error ETIMEDOUT"]);
    clock.advance(60_000); // so long an ARP entry lives
    expect(machine.stack.timers.size).toBe(0);
  });

  it("leaves it to the retransmission timer while data is in flight", () => {
    const { app, peer, clock } = kept(1000);
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello" });
    clock.advance(5000);
    expect(peer.heard().every((segment) => segment.includes("hello"))).toBe(true);
  });

  it("is ECMA-419's option, in ms, and refuses nonsense", () => {
    const { machine } = dialogue();
    const { TCP } = machine.stack.io;
    expect(() => new TCP({ address: "10.0.0.9", port: 1, keepAlive: -1 })).toThrow(/EINVAL/);
    expect(() => new TCP({ address: "10.0.0.9", port: 1, keepAlive: 60_000 })).not.toThrow();
  });
});
