import { describe, expect, it } from "@jest/globals";
import { Cable, Simulation, during } from "../../../simulator/index.js";
import { MAX_PATH_MTUS, PATH_MTU_LIFETIME, PathMtus, toldMtu } from "../../../src/stack/ip/path-mtu.js";
import { MtuSearch } from "../../../src/stack/tcp/mtu-search.js";
import { icmp, tcp } from "../support/build.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import { OWN_IP, PEER_IP, type MachineOptions } from "../support/machine.js";
import { narrowPath } from "../support/narrow-path.js";
import { Transfer, twoHosts } from "../support/transfer.js";

/** A connection that has `bytes` in flight, in segments of 1460. */
function inFlight(bytes: number, options?: MachineOptions): Dialogue {
  const d = dialogue(options);
  d.opens();
  d.app.writes(bytes);
  d.peer.ignores();
  return d;
}

/** "Fragmentation needed" for the segment of `length` bytes that begins at `seq`. */
function tooBig(d: Dialogue, seq: number, mtu: number, length = 1500): void {
  const { localPort, remotePort, iss } = d.app.connection;
  const quoted = Buffer.from(
    tcp(
      { source: OWN_IP, destination: PEER_IP },
      {
        from: localPort,
        to: remotePort,
        sequence: (iss + seq) >>> 0,
        acknowledgment: 0,
        flags: 16,
        window: 0,
        data: new Uint8Array(length - 40),
      },
    ).subarray(0, 28),
  );
  d.machine.receiveIp(icmp({ source: PEER_IP, destination: OWN_IP }, 3, 4, mtu, quoted));
}

describe("path MTU discovery (RFC 1191)", () => {
  it("sends at once what was too large, in smaller segments, and not less of it", () => {
    const d = inFlight(2 * 1460);
    const { congestion } = d.app.connection;
    tooBig(d, 1, 1000);
    d.peer.receives({ seq: 1, ack: 1, bytes: 960 });
    d.peer.receives({ seq: 961, ack: 1, bytes: 500 });
    d.peer.receives({ seq: 1461, ack: 1, bytes: 960 });
    d.peer.receives({ seq: 2421, ack: 1, bytes: 500 });
    d.peer.receivesNothing();
    expect([congestion.window, congestion.slowStartThreshold]).toEqual([10, Infinity]);
    d.peer.sends({ seq: 1, ack: 2921 });
    d.app.writes(1000);
    d.peer.receives({ seq: 2921, ack: 1, bytes: 960 });
    expect(d.app.connection.recovery.state).toBe("open");
  });

  it("repeats only what was too large", () => {
    const d = inFlight(1000);
    d.app.connection.noDelay = true;
    d.app.writes(500);
    d.peer.receives({ seq: 1001, ack: 1, bytes: 500 });
    tooBig(d, 1, 700, 1040);
    d.peer.receives({ seq: 1, ack: 1, bytes: 660 });
    d.peer.receives({ seq: 661, ack: 1, bytes: 340 });
    d.peer.receivesNothing();
  });

  it("is not misled by one byte, or by a FIN", () => {
    const d = inFlight(1460);
    d.app.closes();
    d.peer.receives({ fin: true, seq: 1461, ack: 1 });
    tooBig(d, 1, 1499);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1459 });
    d.peer.receives({ seq: 1460, ack: 1, bytes: 1 });
    d.peer.receivesNothing();
  });

  it("counts a second error about the same flight once", () => {
    const d = inFlight(2 * 1460);
    tooBig(d, 1, 1000);
    expect(d.peer.ignores()).toBe(4);
    tooBig(d, 1461, 1000);
    d.peer.receivesNothing();
  });

  it("takes what is repeated as lost for congestion if it is lost again", () => {
    const d = inFlight(4 * 1460);
    tooBig(d, 1, 1000);
    d.peer.ignores();
    d.clock.advance(200);
    expect(d.app.connection.congestion.slowStartThreshold).toBe(7);
    d.peer.ignores();
  });

  it("keeps what the peer has by SACK", () => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true });
    d.clock.advance(20);
    d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460, sackOk: true });
    d.peer.receives({ seq: 1, ack: 1 });
    d.app.writes(3 * 1460);
    expect(d.peer.ignores()).toBe(3);
    d.clock.advance(20);
    d.peer.sends({ seq: 1, ack: 1, sack: [[1461, 2921]] });
    tooBig(d, 1, 1000);
    const starts = d.peer.heard().map((segment) => /seq \d+/.exec(segment)![0]);
    expect(starts).toEqual(["seq 1", "seq 961", "seq 2921", "seq 3881"]);
  });

  it("tells other connections to the same host, and those that are opened later", () => {
    const d = inFlight(1460);
    const before = d.app.connection;
    tooBig(d, 1, 1000);
    d.peer.ignores();
    d.app.connects();
    const later = d.machine.stack.tcp.connections.find((each) => each !== before)!;
    expect(before.mss).toBe(960);
    // RFC 6691: what is announced is what can be received.
    d.peer.beginsAnew(90_000);
    d.peer.receives({ syn: true, mss: 1460 });
    d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460 });
    d.peer.receives({ seq: 1, ack: 1 });
    expect(later.mss).toBe(960);
  });

  it("tries the full size again after ten minutes (§6.3)", () => {
    const d = inFlight(1460);
    tooBig(d, 1, 1000);
    d.peer.ignores();
    d.peer.sends({ seq: 1, ack: 1461 });
    d.clock.advance(PATH_MTU_LIFETIME - 1);
    d.app.writes(1200);
    d.peer.receives({ seq: 1461, ack: 1, bytes: 960 });
    d.peer.sends({ seq: 1, ack: 2421 });
    d.peer.receives({ seq: 2421, ack: 1, bytes: 240 });
    d.peer.sends({ seq: 1, ack: 2661 });
    d.clock.advance(1);
    d.app.writes(1200);
    d.peer.receives({ seq: 2661, ack: 1, bytes: 1200 });
  });

  it.each([
    ["a sequence number that is not in flight", 2921, 1000, 1500],
    ["an MTU that the packet fits into", 1, 1500, 1500],
    ["a larger one than is known", 1, 1600, 2000],
  ])("does not believe %s (RFC 5927 §7)", (_, seq, mtu, length) => {
    const d = inFlight(2 * 1460);
    tooBig(d, seq, mtu, length);
    d.peer.receivesNothing();
    expect(d.app.connection.mss).toBe(1460);
  });

  it("can be made to send 552 bytes at least", () => {
    const d = inFlight(1460);
    tooBig(d, 1, 100);
    d.peer.receives({ seq: 1, ack: 1, bytes: 512 });
    d.peer.receives({ seq: 513, ack: 1, bytes: 512 });
    d.peer.receives({ seq: 1025, ack: 1, bytes: 436 });
  });

  it.each([
    [0, 1500, 1492],
    [0, 1492, 1006],
    [0, 1006, 552],
    [67, 4000, 2002],
    [0, 65_535, 32_000],
    [1280, 1500, 1280],
    [68, 1500, 552],
    [1500, 1500, undefined],
    [0, 0, undefined],
  ])("reads %i for a packet of %i as %s", (told, length, mtu) => {
    expect(toldMtu(told, length)).toBe(mtu);
  });

  it("remembers a bounded number of destinations", () => {
    const mtus = new PathMtus();
    for (let i = 0; i <= MAX_PATH_MTUS; i++) mtus.learn(i, 1000, 0);
    expect(mtus.find(0, 1)).toBeUndefined();
    expect(mtus.find(1, 1)?.mtu).toBe(1000);
    expect(mtus.find(MAX_PATH_MTUS, PATH_MTU_LIFETIME)).toBeUndefined();
  });
});

describe("a path that swallows large segments (RFC 4821)", () => {
  it("is found by the third time-out in a row: the segment is cut up", () => {
    const d = inFlight(1460);
    d.clock.advance(599);
    expect(d.peer.ignores()).toBe(1);
    d.clock.advance(1);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1460, at: 600 });
    d.clock.advance(800);
    d.peer.receives({ seq: 1, ack: 1, bytes: 1024, at: 1400 });
    d.clock.advance(1600);
    d.peer.receives({ seq: 1, ack: 1, bytes: 512, at: 3000 });
    d.peer.sends({ seq: 1, ack: 513 });
    d.peer.receives({ seq: 513, ack: 1, bytes: 512 });
    d.peer.receives({ seq: 1025, ack: 1, bytes: 436 });
  });

  it("is not looked for where it is off, or where the segment is small", () => {
    const off = inFlight(1460, { tcp: { mtuProbing: "off" } });
    off.clock.advance(1400);
    expect(off.peer.heard().at(-1)).toContain("1460 bytes");
    const small = inFlight(1000);
    small.clock.advance(1400);
    expect(small.app.connection.mss).toBe(1460);
    small.peer.ignores();
  });

  it("that was none is used in full again: a probe shows it", () => {
    const d = inFlight(1460);
    d.clock.advance(1400);
    d.peer.ignores();
    let acked = 1;
    d.app.writes(60_000);
    const lengths: string[] = [];
    while (acked < 61_461 && d.app.connection.mss < 1460) {
      const [{ sndNxt, iss }] = [d.app.connection];
      acked = (sndNxt - iss) | 0;
      lengths.push(...d.peer.heard().map((segment) => segment.replace(/.* (?=\d+ bytes)/, "")));
      d.peer.sends({ seq: 1, ack: acked });
    }
    expect(lengths).toContain("1460 bytes");
    expect(d.app.connection.mss).toBe(1460);
    d.peer.ignores();
  });
});

describe("the search for a segment size", () => {
  /** Tries sizes on a path that carries `size` bytes. @returns what was tried */
  function tryOn(search: MtuSearch, size: number, now: number): number[] {
    const tried: number[] = [];
    for (let next = search.nextSize(1460, now); next > 0; next = search.nextSize(1460, now)) {
      tried.push(next);
      search.sent(next, 1, next);
      if (next <= size) search.onAck(1 + next);
      else search.onLoss(1);
    }
    return tried;
  }

  it("tries the full size first, then halves what is unknown, and again after ten minutes", () => {
    const search = new MtuSearch(1024);
    expect(tryOn(search, 1240, 0)).toEqual([1460, 1242, 1133, 1187, 1214, 1228, 1235]);
    expect(search.mss).toBe(1235);
    expect(tryOn(search, 1240, 599_999)).toEqual([]);
    expect(tryOn(search, 1460, 600_000)).toEqual([1460]);
    expect(search.mss).toBe(1460);
  });

  it("learns nothing from a probe that was sent twice, or is still on its way", () => {
    const search = new MtuSearch(1024);
    search.sent(1460, 1, 1460);
    expect(search.nextSize(1460, 0)).toBe(0);
    expect(search.onLoss(500)).toBe(false);
    expect(search.onAck(1460)).toBe(false);
    search.onRetransmitted(1);
    expect(search.onAck(1461)).toBe(false);
    expect(search.mss).toBe(1024);
  });

  it("takes silence for a suspicion, and a lost probe for proof", () => {
    const search = new MtuSearch(1460);
    search.onSilence(1460);
    search.onSilence(1024);
    expect([search.mss, search.nextSize(1460, 0)]).toEqual([512, 1460]);
    search.sent(1460, 1, 1460);
    search.onLoss(1);
    search.onSilence(512);
    expect([search.mss, search.nextSize(1460, 0)]).toEqual([256, 858]);
  });
});

describe("a transfer over a narrow path", () => {
  it.each([
    [576, true],
    [1280, true],
    [576, false],
    [1280, false],
    [400, false],
  ])("with MTU %i and ICMP %s arrives whole", (mtu, tells) => {
    for (const mtuProbing of ["black-hole", "always"] as const) {
      const simulation = new Simulation({ seed: 1 });
      const cable = new Cable(simulation, { name: "cable", latency: 10 });
      const [client, server] = twoHosts(simulation, cable, [{ tcp: { mtuProbing } }, { profile: "device" }]);
      for (const host of [client, server]) {
        cable.impair(narrowPath(simulation, mtu, tells ? host : undefined), { from: host.link as never });
      }
      const transfer = new Transfer(client, server, { up: 200_000, down: 50_000 });
      simulation.advanceUntil(() => transfer.isOver, { within: "5m" });
      expect([transfer.failures, transfer.isIntact]).toEqual([[], true]);
      expect(simulation.now()).toBeLessThan(60_000);
    }
  });

  it("that becomes narrow while it runs goes on with the largest size there is", () => {
    const simulation = new Simulation({ seed: 1 });
    const cable = new Cable(simulation, { name: "cable", latency: 10 });
    const size = 256 * 1024;
    const [client, server] = twoHosts(simulation, cable, [
      { tcp: { sendBuffer: size } },
      { tcp: { receiveBuffer: size } },
    ]);
    cable.impair(during("200ms", "5s", narrowPath(simulation, 600)));
    const transfer = new Transfer(client, server, { up: 20_000_000, down: 0 });
    const mss = (): number | undefined => client.stack.tcp.connections[0]?.mss;
    simulation.advanceUntil(() => simulation.now() >= 4900, { within: "5m" });
    expect(mss()).toBeGreaterThan(600 - 40 - 8);
    simulation.advanceUntil(() => transfer.isOver, { within: "5m" });
    expect([transfer.failures, transfer.isIntact]).toEqual([[], true]);
  });
});
