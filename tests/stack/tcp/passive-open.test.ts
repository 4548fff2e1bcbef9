import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address } from "../../../src/address/index.js";
import { icmp } from "../support/build.js";
import { dialogue } from "../support/dialogue.js";
import { OWN_IP, PEER_IP } from "../support/machine.js";

const HOST_BUFFER = 64 * 1024;

describe("a passive open (RFC 9293 §3.10.7.2)", () => {
  it("takes three segments", () => {
    const { app, peer, clock } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, win: 8000, mss: 1000, wscale: 2 });
    peer.receives({ syn: true, seq: 0, ack: 1, win: 65_535, mss: 1460, wscale: 7 });
    expect(app.states).toEqual(["SYN-RECEIVED"]);
    clock.advance(20);
    peer.sends({ seq: 1, ack: 1 });
    peer.receivesNothing();
    expect(app.states).toEqual(["ESTABLISHED"]);
    expect(app.heard()).toEqual([`writable ${HOST_BUFFER}`]);
  });

  it("repeats its SYN-ACK after 1, 3, 7, 15 and 31 seconds, and forgets after 63", () => {
    const { app, peer, clock, machine } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1, at: 0 });
    clock.advance(62_999);
    for (const at of [1, 3, 7, 15, 31]) peer.receives({ syn: true, seq: 0, ack: 1, at: at * 1000 });
    expect(app.states).toEqual(["SYN-RECEIVED"]);
    clock.advance(1);
    peer.receivesNothing();
    expect(app.states).toEqual([]);
    expect(machine.stack.counters.tcpAttemptFails).toBe(1);
    expect(app.heard()).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
  });

  it("repeats its SYN-ACK over the way there is by then", () => {
    const { app, peer, clock, machine } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    machine.neighbors.set("10.0.0.3", "02:00:00:00:00:03");
    machine.stack.routes.add({
      destination: Cidr.parse(`${PEER_IP}/32`),
      gateway: Ipv4Address.parse("10.0.0.3"),
      device: machine.eth0,
    });
    clock.advance(1000);
    expect(machine.sent.map(({ to }) => to)).toEqual(["02:00:00:00:00:03"]);
    peer.receives({ syn: true, seq: 0, ack: 1, at: 1000 });
  });

  it("repeats its SYN-ACK also to a peer without a window", () => {
    const { app, peer, clock } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, win: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    clock.advance(3_000);
    peer.receives({ syn: true, seq: 0, ack: 1, at: 1_000 });
    peer.receives({ syn: true, seq: 0, ack: 1, at: 3_000 });
  });

  it("repeats its SYN-ACK at once when the peer repeats its SYN, and does not time it (RFC 6298 §3)", () => {
    const { app, peer, clock } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    clock.advance(900);
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    clock.advance(10);
    peer.sends({ seq: 1, ack: 1 });
    expect(app.connection.rtt.srtt).toBeUndefined();
  });

  it("takes the data that came while it waited to be accepted", () => {
    const { app, peer, clock } = dialogue();
    app.listens({ accepting: false });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1, data: "GET" });
    clock.advance(40);
    peer.receives({ seq: 1, ack: 4 });
    expect(app.heard()).toEqual(["incoming 1"]);
    app.accepts();
    expect(app.heard()).toEqual([`writable ${HOST_BUFFER}`, "readable 3"]);
    expect(app.reads()).toBe("GET");
  });

  it("keeps the data that comes between `read` and `new TCP({ from })`", () => {
    const { app, peer, clock, machine } = dialogue();
    app.listens({ accepting: false });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    const from = app.listener!.read()!;
    peer.sends({ seq: 1, ack: 1, data: "early" });
    clock.advance(40);
    peer.receives({ seq: 1, ack: 6 });
    const heard: string[] = [];
    const socket = new machine.stack.io.TCP({ from, onReadable: (bytes) => heard.push(`readable ${bytes}`) });
    machine.settle();
    expect(heard).toEqual(["readable 5"]);
    expect(Buffer.from(socket.read() as ArrayBuffer).toString()).toBe("early");
  });

  it("tells the one who takes over that the connection has failed meanwhile", () => {
    const { app, peer, machine } = dialogue();
    app.listens({ accepting: false });
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    const from = app.listener!.read()!;
    peer.sends({ rst: true, seq: 1 });
    const heard: string[] = [];
    new machine.stack.io.TCP({ from, onError: (error) => heard.push(String(error)) });
    machine.settle();
    expect(heard).toEqual([expect.stringContaining("ECONNRESET")]);
  });

  it("uses an MSS of 536 where the peer names none, and no scaling (RFC 9293 §3.7.1, RFC 7323 §2.2)", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, win: 65_535 });
    peer.receives({ syn: true, seq: 0, ack: 1, wscale: undefined });
    peer.sends({ seq: 1, ack: 1 });
    app.writes(1000);
    peer.receives({ seq: 1, ack: 1, bytes: 536, win: 65_535 });
    expect(app.connection.rcvWindowScale).toBe(0);
    peer.ignores();
  });

  it("does not let a peer ask for tiny segments", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, mss: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    app.writes(100);
    peer.receives({ seq: 1, ack: 1, bytes: 64 });
    peer.ignores();
  });
});

describe("in SYN-RECEIVED (RFC 9293 §3.10.7.4)", () => {
  it("an old duplicate SYN is cleared by the peer's reset (figure 9)", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: -10 });
    peer.receives({ syn: true, seq: 0, ack: -9 >>> 0 });
    peer.sends({ rst: true, seq: -9 });
    expect(app.states).toEqual([]);
    peer.beginsAnew(50_000);
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("an acknowledgment of something else is answered with a reset, and the wait goes on", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, ack: 7 });
    peer.receives({ rst: true, seq: 7 });
    expect(app.states).toEqual(["SYN-RECEIVED"]);
  });

  it("a SYN of a peer that has started again leads back to LISTEN", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ syn: true, seq: 5_000 });
    peer.receivesNothing();
    expect(app.states).toEqual([]);
    peer.sends({ syn: true, seq: 5_000 });
    peer.receives({ syn: true, ack: 5_001 });
  });

  it("a segment outside of the window is answered with an acknowledgment, at a limited rate (RFC 5961 §7)", () => {
    const d = dialogue();
    d.app.listens();
    d.peer.sends({ syn: true, seq: 0, ts: [0, 0] });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ seq: 70_000, ack: 1, ts: [1, 0] });
    d.peer.receives({ seq: 1, ack: 1, ts: [0, 0] });
    d.peer.sends({ syn: true, seq: -7, ts: [1, 0] });
    d.clock.advance(500);
    d.peer.sends({ seq: -1, ack: 1, ts: [1, 0] });
    d.peer.receives({ seq: 1, ack: 1 });
    expect(d.drops).toEqual({ "tcp-out-of-window": 3, "tcp-challenge-limit": 1 });
    expect(d.app.states).toEqual(["SYN-RECEIVED"]);
  });

  it("a reset counts only with the very next number (RFC 5961 §3.2)", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ rst: true, seq: 100_000 });
    peer.receivesNothing();
    peer.sends({ rst: true, seq: 2 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["SYN-RECEIVED"]);
    peer.sends({ rst: true, seq: 1 });
    expect(app.states).toEqual([]);
  });

  it("an old timestamp, or none where they were agreed on, belongs to another connection (RFC 7323 §3.2, §5.3)", () => {
    const { app, peer, clock } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, ts: [100, 0] });
    peer.receives({ syn: true, seq: 0, ack: 1, ts: [0, 100] });
    peer.sends({ seq: 1, ack: 1, ts: [99, 0] });
    peer.receives({ seq: 1, ack: 1 });
    clock.advance(500);
    peer.sends({ seq: 1, ack: 1 });
    peer.receives({ seq: 1, ack: 1 });
    expect(app.states).toEqual(["SYN-RECEIVED"]);
    peer.sends({ seq: 1, ack: 1, ts: [100, 0] });
    expect(app.states).toEqual(["ESTABLISHED"]);
  });

  it("echoes the timestamp of the SYN that came last", () => {
    const { app, peer, clock } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0, ts: [100, 0] });
    peer.receives({ syn: true, seq: 0, ack: 1, ts: [0, 100] });
    clock.advance(700);
    peer.sends({ syn: true, seq: 0, ts: [800, 0] });
    peer.receives({ syn: true, seq: 0, ack: 1, ts: [700, 800] });
  });

  it.each([
    ["a refusal ends it", 3, []],
    ["an unreachable host does not (RFC 1122 §4.2.3.9)", 1, ["SYN-RECEIVED"]],
  ])("of an ICMP error: %s", (_, code, states) => {
    const { app, peer, machine } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    const synAck = machine.sent.at(-1)!.bytes.subarray(14);
    peer.receives({ syn: true, seq: 0, ack: 1 });
    const ends = { source: PEER_IP, destination: OWN_IP };
    const forged = Buffer.from(synAck);
    forged.writeInt32BE(forged.readInt32BE(24) + 1, 24);
    machine.receiveIp(icmp(ends, 3, 3, 0, forged.subarray(0, 28)));
    expect(app.states).toEqual(["SYN-RECEIVED"]);
    machine.receiveIp(icmp(ends, 3, code, 0, synAck.subarray(0, 28)));
    expect(app.states).toEqual(states);
  });

  it("a segment without an acknowledgment is ignored", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ seq: 1, data: "x" });
    peer.receivesNothing();
    expect(app.states).toEqual(["SYN-RECEIVED"]);
  });

  it("the last segment of the handshake may bring data and a FIN", () => {
    const { app, peer } = dialogue();
    app.listens();
    peer.sends({ syn: true, seq: 0 });
    peer.receives({ syn: true, seq: 0, ack: 1 });
    peer.sends({ fin: true, seq: 1, ack: 1, data: "all" });
    peer.receives({ seq: 1, ack: 5 });
    expect(app.states).toEqual(["CLOSE-WAIT"]);
    expect(app.reads()).toBe("all");
    expect(app.heard()).toEqual([`writable ${HOST_BUFFER}`, "readable 3", "end"]);
  });
});
