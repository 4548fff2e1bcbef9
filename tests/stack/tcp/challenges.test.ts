import { describe, expect, it } from "@jest/globals";
import { ChallengeBudget } from "../../../src/stack/tcp/challenge-budget.js";
import { dialogue } from "../support/dialogue.js";

describe("challenge acknowledgments of all connections together (RFC 5961 §7)", () => {
  /** How many of thirty connections are challenged in one second. */
  function challenged(challengeAckLimit: number): number {
    const d = dialogue({ tcp: { challengeAckLimit } });
    d.app.listens({ backlog: 100 });
    const peers = Array.from({ length: 30 }, (_, i) => d.anotherPeer(8000 + i));
    for (const peer of peers) {
      peer.sends({ syn: true, seq: 0 });
      peer.receives({ syn: true, seq: 0, ack: 1 });
      peer.sends({ seq: 1, ack: 1 });
    }
    let count = 0;
    for (const peer of peers) {
      peer.sends({ rst: true, seq: 100 });
      count += peer.ignores();
    }
    return count;
  }

  it("have no limit unless one is set, since it would tell connections of each other", () => {
    expect(challenged(Infinity)).toBe(30);
  });

  it("are limited to about the number that is set", () => {
    expect(challenged(0)).toBe(0);
    const count = challenged(10);
    expect(count).toBeGreaterThanOrEqual(5);
    expect(count).toBeLessThan(15);
  });

  it("may be sent again in the next second, about as many", () => {
    const budget = new ChallengeBudget({ uint32: () => 7 });
    const take = (now: number): number =>
      Array.from({ length: 100 }, () => budget.take(10, now)).filter(Boolean).length;
    expect([take(0), take(999), take(1000)]).toEqual([12, 0, 12]);
  });
});
