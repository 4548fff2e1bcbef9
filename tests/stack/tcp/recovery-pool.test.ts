import { describe, expect, it } from "@jest/globals";
import { RecoveryPool } from "../../../src/stack/tcp/recovery/pool.js";
import { Recovery } from "../../../src/stack/tcp/recovery/recovery.js";
import { dialogue } from "../support/dialogue.js";

describe("what is in flight", () => {
  it("is known as long as it is, and then of no connection", () => {
    const d = dialogue();
    d.opens({ sackOk: true });
    const { connection } = d.app;
    const { idle } = d.machine.stack.tcp.recoveries;
    expect(connection.recovery).toBe(idle);
    d.app.writes(20);
    d.peer.receives({ seq: 1, ack: 1, bytes: 20 });
    const lent = connection.recovery;
    expect(lent).not.toBe(idle);
    expect([lent.sent.count, idle.sent.count]).toEqual([1, 0]);
    d.peer.sends({ seq: 1, ack: 21 });
    expect(connection.recovery).toBe(idle);
    d.app.writes(20);
    d.peer.receives({ seq: 21, ack: 1, bytes: 20 });
    expect(connection.recovery).toBe(lent);
  });

  it("is forgotten with the connection", () => {
    const d = dialogue();
    d.opens({ sackOk: true });
    const { connection } = d.app;
    d.app.writes(20);
    d.peer.receives({ seq: 1, ack: 1, bytes: 20 });
    d.peer.sends({ seq: 1, rst: true });
    expect(connection.recovery).toBe(d.machine.stack.tcp.recoveries.idle);
  });

  it.each([
    ["device", 32, 2],
    ["host", 16_384, 64],
  ])("is kept by the stack of a %s with %d connections for %d to come", (_, maxConnections, spare) => {
    const d = dialogue();
    d.opens();
    const pool = new RecoveryPool({ maxConnections });
    const lent = Array.from({ length: 100 }, () => pool.take(d.app.connection));
    expect(new Set(lent).size).toBe(lent.length);
    for (const each of lent) expect(pool.give(each)).toBe(pool.idle);
    const again = lent.map(() => pool.take(d.app.connection));
    expect(again.filter((each) => lent.includes(each))).toHaveLength(spare);
  });

  it("leaves nothing of itself to the next connection", () => {
    const d = dialogue();
    d.opens({ sackOk: true });
    const { connection } = d.app;
    d.app.writes(20);
    d.peer.receives({ seq: 1, ack: 1, bytes: 20 });
    const lent = connection.recovery;
    lent.onTimeout(true);
    lent.prefersNewData = true;
    expect(whatShows(lent)).not.toEqual(whatShows(new Recovery()));
    connection.endFlight();
    expect(connection.beginFlight()).toBe(lent);
    expect(whatShows(lent)).toEqual(whatShows(new Recovery()));
  });
});

function whatShows({
  state,
  inFlight,
  isDone,
  nextLost,
  reorderAt,
  prefersNewData,
  probe,
}: Recovery): unknown {
  return { state, inFlight, isDone, nextLost, reorderAt, prefersNewData, probeAt: probe.at };
}
