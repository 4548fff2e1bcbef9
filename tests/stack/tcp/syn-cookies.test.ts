import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { TcpTuning } from "../../../src/stack/index.js";
import { ECN_FLAGS } from "../../../src/stack/tcp/ecn.js";
import { SynCookies, decodeOptions, encodeOptions } from "../../../src/stack/tcp/syn-cookies.js";
import { tcp } from "../support/build.js";
import { dialogue, OWN_PORT, type Dialogue } from "../support/dialogue.js";
import { OWN_IP, fixedRandom } from "../support/machine.js";

const SLOT = 64_000;
const SYN = 0x02;

describe("a SYN cookie (RFC 4987 §3.6)", () => {
  const cookies = new SynCookies(fixedRandom());
  const tuple = cookies.tuple(80, 7000, 1, 2);

  it.each([
    [0, 536],
    [536, 536],
    [1000, 536],
    [1300, 1300],
    [1439, 1300],
    [1440, 1440],
    [1460, 1460],
    [65_535, 1460],
  ])("names for an MSS of %i one of %i", (mss, named) => {
    expect(cookies.check(cookies.make(tuple, 5, mss, 0), tuple, 5, 0)).toBe(named);
  });

  it("is good for as long as a slot or two, wherever the numbers and the slots wrap", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(2 ** 40), (key, irs, now) => {
        const cookie = cookies.make(key, irs, 1460, now);
        expect(cookies.check(cookie, key, irs, now)).toBe(1460);
        expect(cookies.check(cookie, key, irs, now + SLOT)).toBe(1460);
        expect(cookies.check(cookie, key, irs, now + 2 * SLOT)).toBeUndefined();
      }),
    );
  });

  it("is hardly ever good for anything else", () => {
    let hits = 0;
    for (let i = 0; i < 100_000; i++) {
      const cookie = cookies.make(tuple, 5, 1460, 0);
      if (cookies.check(cookie + i + 1, tuple, 5, 0) !== undefined) hits++;
      if (cookies.check(cookie, cookies.tuple(80, i, 1, 3), 5, 0) !== undefined) hits++;
      if (cookies.check(cookie, tuple, i + 10, 0) !== undefined) hits++;
    }
    // Neighbors name another segment size, or none.
    expect(hits).toBeLessThan(10);
  });

  it("keeps options in the low bits of a timestamp that is never too late", () => {
    const flags = fc.constantFrom(0, ECN_FLAGS);
    const scale = fc.option(fc.nat(14), { nil: undefined });
    fc.assert(
      fc.property(fc.integer(), scale, fc.boolean(), flags, (clock, windowScale, sackPermitted, flags) => {
        const value = encodeOptions(clock, { windowScale, sackPermitted, flags });
        const lateness = (clock - value) | 0;
        expect(lateness).toBeGreaterThanOrEqual(0);
        expect(lateness).toBeLessThan(64);
        expect(decodeOptions(value)).toEqual({ windowScale, sackPermitted, flags });
      }),
    );
  });
});

function listening(tcpOptions: Partial<TcpTuning>): Dialogue {
  const d = dialogue({ tcp: tcpOptions });
  d.app.listens();
  return d;
}

describe("a listener that answers with SYN cookies", () => {
  it("remembers nothing of a SYN, and opens the connection all the same", () => {
    const d = listening({ synCookies: "always" });
    d.peer.sends({ syn: true, seq: 0, win: 8000, mss: 1400, wscale: 7, sackOk: true });
    // Without timestamps there is nowhere to keep other options.
    d.peer.receives({
      syn: true,
      seq: 0,
      ack: 1,
      win: 65_535,
      mss: 1460,
      wscale: undefined,
      sackOk: undefined,
    });
    expect(d.app.states).toEqual([]);
    d.clock.advance(20);
    d.peer.sends({ seq: 1, ack: 1, win: 4000, data: "GET" });
    expect(d.app.states).toEqual(["ESTABLISHED"]);
    const { mss, sackPermitted, windowScaling, sndWnd, timestamps } = d.app.connection;
    expect({ mss, sackPermitted, windowScaling, sndWnd, timestamps }).toEqual({
      mss: 1300,
      sackPermitted: false,
      windowScaling: false,
      sndWnd: 4000,
      timestamps: undefined,
    });
    expect(d.app.reads()).toBe("GET");
    d.app.writes("200");
    d.peer.receives({ seq: 1, ack: 4, data: "200" });
    const { tcpSynCookiesSent, tcpSynCookiesRecv, tcpPassiveOpens } = d.machine.stack.counters;
    expect([tcpSynCookiesSent, tcpSynCookiesRecv, tcpPassiveOpens]).toEqual([1, 1, 1]);
  });

  it("finds SACK and the window scale in the timestamp that the peer echoes", () => {
    const d = listening({ synCookies: "always" });
    d.clock.advance(1234);
    d.peer.sends({ syn: true, seq: 0, win: 8000, mss: 1460, wscale: 7, sackOk: true, ts: [10, 0] });
    d.peer.receives({ syn: true, seq: 0, ack: 1, sackOk: true, ts: [0, 10] });
    d.clock.advance(20);
    d.peer.sends({ seq: 1, ack: 1, win: 100, ts: [30, 0] });
    const { mss, sackPermitted, sndWindowScale, sndWnd } = d.app.connection;
    expect([mss, sackPermitted, sndWindowScale, sndWnd]).toEqual([1460, true, 7, 12_800]);
    d.app.writes("x");
    // The clock does not run backwards.
    expect(d.peer.heard()[0]).toMatch(/ts (2\d|[3-7]\d|8[0-3]) 30/);
  });

  it("knows none of the options that the stack does not use", () => {
    const d = listening({ synCookies: "always", sack: false, windowScaling: false });
    d.peer.sends({ syn: true, seq: 0, wscale: 7, sackOk: true, ts: [0, 0] });
    d.peer.receives({ syn: true, seq: 0, ack: 1, wscale: undefined, sackOk: undefined, ts: [0, 0] });
    d.peer.sends({ seq: 1, ack: 1, ts: [0, 0] });
    const { sackPermitted, windowScaling } = d.app.connection;
    expect([sackPermitted, windowScaling]).toEqual([false, false]);
  });

  it.each([
    ["one that is too old", 1, 1, 2 * SLOT],
    ["another number", 1, 12_345_678, 0],
    ["the number for another SYN", 1000, 1, 0],
  ])("resets an acknowledgment of %s", (_, seq, ack, wait) => {
    const d = listening({ synCookies: "always" });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.clock.advance(wait);
    d.peer.sends({ seq, ack });
    d.peer.receives({ rst: true, seq: ack });
    expect(d.app.states).toEqual([]);
  });

  it("does not look at acknowledgments while no cookie is out", () => {
    const d = listening({});
    d.peer.sends({ seq: 1, ack: 1 });
    d.peer.receives({ rst: true });
    expect(d.machine.stack.counters.tcpSynCookiesFailed).toBe(0);
  });

  it("does so only beyond the backlog of half-open connections, unless told otherwise", () => {
    const d = listening({ maxSynBacklog: 1 });
    const [first, second] = [d.anotherPeer(1001), d.anotherPeer(1002)];
    for (const peer of [first, second]) {
      peer.sends({ syn: true, seq: 0, wscale: 7 });
      peer.receives({ syn: true, seq: 0, ack: 1 });
    }
    expect(d.app.states).toEqual(["SYN-RECEIVED"]);
    expect(d.machine.stack.counters.tcpSynCookiesSent).toBe(1);
    second.sends({ seq: 1, ack: 1 });
    first.sends({ seq: 1, ack: 1 });
    expect(d.app.states).toEqual(["ESTABLISHED", "ESTABLISHED"]);
    // There is room again.
    const third = d.anotherPeer(1003);
    third.sends({ syn: true, seq: 0 });
    third.receives({ syn: true, seq: 0, ack: 1 });
    expect(d.machine.stack.counters.tcpSynCookiesSent).toBe(1);
  });

  it("drops what is beyond the backlog where cookies are off", () => {
    const d = listening({ maxSynBacklog: 1, synCookies: "never" });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    const late = d.anotherPeer(1001);
    late.sends({ syn: true, seq: 0 });
    late.receivesNothing();
    expect(d.drops).toEqual({ "tcp-backlog-full": 1 });
  });
});

describe("a flood of 100,000 SYNs from forged addresses", () => {
  it("leaves a bounded number of records, lets a client in meanwhile, and nothing afterwards", () => {
    const d = dialogue({ tcp: { maxSynBacklog: 64 }, gateway: "10.0.0.254" });
    const { stack } = d.machine;
    d.machine.neighbors.set("10.0.0.254", "02:00:00:00:00:fe");
    d.app.listens();
    const flood = (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        const source = `192.${i & 255}.${(i >> 8) & 255}.${i >> 16}`;
        const ends = { source, destination: OWN_IP };
        const fields = { from: 1024 + (i % 60_000), to: OWN_PORT, sequence: i, acknowledgment: 0 };
        d.machine.receiveIp(tcp(ends, { ...fields, flags: SYN, window: 1000 }));
        d.machine.sent.length = 0;
        if (i % 1000 === 0) d.clock.advance(1);
      }
    };
    flood(0, 50_000);
    d.peer.sends({ syn: true, seq: 0, mss: 1460 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    flood(50_000, 100_000);
    d.peer.sends({ seq: 1, ack: 1, data: "let me in" });
    expect(d.app.reads()).toBe("let me in");
    expect(stack.tcp.endpoints.size).toBe(65);
    expect(stack.timers.size).toBeLessThan(70);
    expect(stack.counters.tcpSynCookiesSent).toBe(100_001 - 64);
    d.machine.advance(64_000);
    expect(d.app.states).toEqual(["ESTABLISHED"]);
  });
});
