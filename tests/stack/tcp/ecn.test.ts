import { describe, expect, it } from "@jest/globals";
import { Cable, Simulation, mark } from "../../../simulator/index.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import { Transfer, twoHosts } from "../support/transfer.js";

const [NOT_ECT, ECT0, CE] = [0, 2, 3];

/** A connection with ECN and SACK, opened by the machine after a round trip of 20 ms. */
function capable(): Dialogue {
  const d = dialogue({ tcp: { ecn: "active" } });
  d.app.connects();
  d.peer.receives({ syn: true, seq: 0, ece: true, cwr: true, ecn: NOT_ECT });
  d.clock.advance(20);
  d.peer.sends({ syn: true, seq: 0, ack: 1, ece: true, mss: 1000, sackOk: true });
  d.peer.receives({ seq: 1, ack: 1, ecn: NOT_ECT });
  d.app.heard();
  return d;
}

/** The same with ten segments in flight. */
function inFlight(): Dialogue {
  const d = capable();
  d.app.writes(10_000);
  for (let i = 0; i < 10; i++) d.peer.receives({ seq: 1 + i * 1000, ack: 1, bytes: 1000, ecn: ECT0 });
  return d;
}

describe("ECN is agreed on (RFC 3168 §6.1.1)", () => {
  it("where the peer asks, by default", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, ece: true, cwr: true });
    peer.receives({ syn: true, seq: 0, ack: 1, ece: true, ecn: NOT_ECT });
    peer.sends({ seq: 1, ack: 1 });
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello", ecn: ECT0 });
  });

  it.each([{ ece: true }, { cwr: true }, {}] as const)("not for a SYN with %o", (flags) => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, ...flags });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello", ecn: NOT_ECT });
  });

  it("not where it is off", () => {
    const { app, peer } = dialogue({ tcp: { ecn: "off" } });
    app.listens();
    peer.sends({ syn: true, seq: 0, ece: true, cwr: true });
    peer.receives({ syn: true, seq: 0, ack: 1 });
  });

  it("by asking, where it is active", () => {
    const { app, peer } = capable();
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello", ecn: ECT0 });
  });

  it.each([{}, { cwr: true }, { ece: true, cwr: true }] as const)("not with a SYN-ACK with %o", (flags) => {
    const { app, peer } = dialogue({ tcp: { ecn: "active" } });
    app.connects();
    peer.receives({ syn: true, ece: true, cwr: true });
    peer.sends({ syn: true, seq: 0, ack: 1, ...flags });
    peer.receives({ seq: 1, ack: 1 });
    app.writes("hello");
    peer.receives({ seq: 1, ack: 1, data: "hello", ecn: NOT_ECT });
  });

  it("not with a SYN-ACK that consents unasked", () => {
    const { app, peer } = dialogue();
    app.connects();
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0, ack: 1, ece: true });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.connection.ecn).toBeUndefined();
  });

  it("not once a SYN was lost: the next one does not ask (§6.1.1.1)", () => {
    const { app, peer, clock } = dialogue({ tcp: { ecn: "active" } });
    app.connects();
    peer.receives({ syn: true, ece: true, cwr: true });
    clock.advance(1000);
    peer.receives({ syn: true });
    peer.sends({ syn: true, seq: 0, ack: 1, ece: true });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.connection.ecn).toBeUndefined();
  });

  it("not once the peer has repeated its SYN without asking", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, ece: true, cwr: true });
    peer.receives({ syn: true, seq: 0, ack: 1, ece: true });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
  });

  it("in a simultaneous open where both ask", () => {
    const { app, peer } = dialogue({ tcp: { ecn: "active" } });
    app.connects();
    peer.receives({ syn: true, seq: 0, ece: true, cwr: true });
    peer.sends({ syn: true, seq: 0, ece: true, cwr: true });
    peer.receives({ syn: true, seq: 0, ack: 1, ece: true });
    peer.sends({ syn: true, seq: 0, ack: 1, ece: true });
    app.writes("hello");
    expect(peer.heard().at(-1)).toContain("ecn 2");
  });
});

describe("a receiver (§6.1.3)", () => {
  it("echoes a mark, at once and in every segment, until the sender has reduced its window", () => {
    const { app, peer, clock } = capable();
    peer.sends({ seq: 1, ack: 1, data: "one", ecn: CE });
    peer.receives({ seq: 1, ack: 4, ece: true });
    peer.sends({ seq: 4, ack: 1, data: "two", ecn: ECT0 });
    app.writes("data");
    peer.receives({ seq: 1, ack: 7, data: "data", ece: true, ecn: ECT0 });
    peer.sends({ seq: 7, ack: 5, data: "three", cwr: true, ecn: ECT0 });
    peer.receives({ seq: 5, ack: 12 });
    peer.sends({ seq: 12, ack: 5, data: "four", ecn: ECT0 });
    clock.advance(40);
    peer.receives({ seq: 5, ack: 16 });
  });

  it("goes on to echo when what says so is marked as well", () => {
    const { peer } = capable();
    peer.sends({ seq: 1, ack: 1, data: "one", ecn: CE });
    peer.receives({ seq: 1, ack: 4, ece: true });
    peer.sends({ seq: 4, ack: 1, data: "two", cwr: true, ecn: CE });
    peer.receives({ seq: 1, ack: 7, ece: true });
  });

  it("believes no mark on what lies outside of its window, or carries no data (§6.1.5)", () => {
    const { peer } = capable();
    peer.sends({ seq: 1, ack: 1, ecn: CE });
    peer.receivesNothing();
    peer.sends({ seq: 400_000, ack: 1, data: "far", ecn: CE });
    peer.receives({ seq: 1, ack: 1 });
  });

  it("without agreement echoes nothing", () => {
    const d = dialogue();
    d.opens();
    d.peer.sends({ seq: 1, ack: 1, data: "one", ecn: CE });
    d.clock.advance(40);
    d.peer.receives({ seq: 1, ack: 4 });
  });
});

describe("a sender (§6.1.2)", () => {
  it("reduces its window once for all that was in flight, repeats nothing, and says so", () => {
    const { app, peer, machine } = inFlight();
    app.writes(10_000);
    const { congestion, recovery } = app.connection;
    peer.sends({ seq: 1, ack: 1001, ece: true });
    expect(congestion.slowStartThreshold).toBe(7);
    expect(recovery.state).toBe("reduced");
    let cwr = 0;
    for (let ack = 2001; ack <= 10_001; ack += 1000) {
      cwr += peer.heard().filter((segment) => segment.includes("CWR")).length;
      peer.sends({ seq: 1, ack, ece: true });
    }
    cwr += peer.heard().filter((segment) => segment.includes("CWR")).length;
    expect(cwr).toBe(1);
    expect(congestion.slowStartThreshold).toBe(7);
    expect(machine.stack.counters.tcpRetransSegs).toBe(0);
    // Only now the peer can know of it.
    peer.sends({ seq: 1, ack: 12_001 });
    expect(recovery.state).toBe("open");
    expect(congestion.window).toBe(7);
  });

  it("reduces it again for a mark that comes after that", () => {
    const { app, peer } = inFlight();
    app.writes(20_000);
    for (let ack = 1001; ack <= 12_001; ack += 1000) {
      peer.sends({ seq: 1, ack, ...(ack <= 10_001 && { ece: true }) });
      peer.ignores();
    }
    expect(app.connection.congestion.slowStartThreshold).toBe(7);
    peer.sends({ seq: 1, ack: 13_001, ece: true });
    peer.ignores();
    expect(app.connection.congestion.slowStartThreshold).toBe(4);
  });

  it("does not react where it repairs a loss already, and marks no retransmission", () => {
    const { app, peer } = inFlight();
    peer.sends({ seq: 1, ack: 1, ece: true, sack: [[1001, 5001]] });
    peer.receives({ seq: 1, ack: 1, bytes: 1000, ecn: NOT_ECT });
    expect(app.connection.recovery.state).toBe("recovery");
    expect(app.connection.congestion.slowStartThreshold).toBe(7);
    app.writes(1000);
    expect(peer.heard().join()).toMatch(/^20 ms: CWR seq 10001 .* ecn 2/);
    peer.sends({ seq: 1, ack: 10_001, ece: true });
    expect(app.connection.congestion.slowStartThreshold).toBe(7);
  });

  it("says after a time-out that it sends less", () => {
    const { app, peer, clock } = capable();
    app.writes(1000);
    peer.receives({ seq: 1, ack: 1, bytes: 1000, ecn: ECT0 });
    // A probe, and then the time-out.
    for (let i = 0; i < 2; i++) {
      clock.advance(200);
      peer.receives({ seq: 1, ack: 1, bytes: 1000, ecn: NOT_ECT });
    }
    peer.sends({ seq: 1, ack: 1001 });
    app.writes(1000);
    peer.receives({ seq: 1001, ack: 1, bytes: 1000, cwr: true, ecn: ECT0 });
    app.writes(1000);
    peer.receives({ seq: 2001, ack: 1, bytes: 1000, ecn: ECT0 });
  });

  it("marks no probe of a closed window, and no FIN alone", () => {
    const { app, peer, clock } = capable();
    peer.sends({ seq: 1, ack: 1, win: 0 });
    app.writes("data");
    clock.advance(200);
    peer.receives({ seq: 1, ack: 1, data: "d", ecn: NOT_ECT });
    peer.sends({ seq: 1, ack: 2, win: 1000 });
    peer.receives({ seq: 2, ack: 1, data: "ata", ecn: ECT0 });
    app.closes();
    peer.receives({ fin: true, seq: 5, ack: 1, ecn: NOT_ECT });
  });
});

describe("a link that marks instead of dropping", () => {
  it.each(["cubic", "newreno"] as const)("slows %s down, and nothing is repeated", (congestionControl) => {
    /** @returns ms that a megabyte took, and what was sent twice */
    function send(marks: number): { time: number; repeated: number } {
      const simulation = new Simulation({ seed: 1 });
      const cable = new Cable(simulation, { name: "cable", latency: 10 });
      cable.impair(mark(marks));
      const tcp = { ecn: "active", congestionControl } as const;
      const [client, server] = twoHosts(simulation, cable, [{ tcp }, {}]);
      const transfer = new Transfer(client, server, { up: 1_000_000, down: 0 });
      simulation.advanceUntil(() => transfer.isOver, { within: "10m" });
      expect([transfer.failures, transfer.isIntact]).toEqual([[], true]);
      const { tcpRetransSegs } = client.stack.counters;
      return { time: simulation.now(), repeated: tcpRetransSegs };
    }
    const [clean, marked] = [send(0), send(0.05)];
    expect([clean.repeated, marked.repeated]).toEqual([0, 0]);
    expect(marked.time).toBeGreaterThan(2 * clean.time);
  });
});
