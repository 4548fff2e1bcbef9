import { describe, expect, it } from "@jest/globals";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { Stack } from "../../src/stack/index.js";
import { ARP, BROADCAST, arp, ethernet, icmp, udp } from "./support/build.js";
import { dialogue } from "./support/dialogue.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC, ScriptedLink, fixedRandom } from "./support/machine.js";

const FROM_PEER = { source: PEER_IP, destination: OWN_IP };

/** A stack that is polled by hand, and how often it has asked for it. */
function byHand(): { stack: Stack; link: ScriptedLink; wakes: () => number } {
  const stack = new Stack({ random: fixedRandom() });
  const link = new ScriptedLink();
  let wakes = 0;
  stack.onWake = () => wakes++;
  const eth0 = stack.attach(link, { name: "eth0" });
  eth0.configure({ address: Ipv4Address.parse(OWN_IP), prefixLength: 24, dns: [] });
  stack.poll(0);
  wakes = 0;
  return { stack, link, wakes: () => wakes };
}

function receive(link: ScriptedLink, packet: Uint8Array, now = 0): void {
  const frame = ethernet(OWN_MAC, PEER_MAC, 0x0800, packet);
  link.onReceive?.(frame, frame.length, now);
}

describe("polling", () => {
  it("is not wanted while nothing happens", () => {
    const { stack, wakes } = byHand();
    expect(stack.nextPoll).toBe(Infinity);
    stack.poll(1000);
    expect(stack.nextPoll).toBe(Infinity);
    expect(wakes()).toBe(0);
  });

  it("is asked for once, however much happens before it", () => {
    const { stack, link, wakes } = byHand();
    const socket = new stack.io.UDP({ port: 9, onReadable: () => undefined });
    receive(link, udp(FROM_PEER, 1, 9, Buffer.from("x")), 5);
    receive(link, udp(FROM_PEER, 1, 9, Buffer.from("x")), 5);
    socket.write(Buffer.from("x"), PEER_IP, 9);
    expect(wakes()).toBe(1);
    expect(stack.nextPoll).toBe(5);
    stack.poll(6);
    expect(stack.nextPoll).toBeGreaterThan(6);
    receive(link, udp(FROM_PEER, 1, 9, Buffer.from("x")), 7);
    expect(wakes()).toBe(2);
  });

  it.each<[string, (stack: Stack) => unknown]>([
    ["connecting", ({ io }) => new io.TCP({ address: PEER_IP, port: 80 })],
    ["probing", ({ interfaces }) => ("dhcp" in interfaces[1]! ? probe(interfaces[1]) : undefined)],
    ["sending", ({ io }) => new io.UDP({}).write(Buffer.from("x"), PEER_IP, 9)],
    ["a datagram to itself", ({ io }) => new io.UDP({}).write(Buffer.from("x"), "127.0.0.1", 9)],
  ])("is asked for by %s", (_, act) => {
    const { stack, wakes } = byHand();
    act(stack);
    expect(wakes()).toBe(1);
  });

  it("is not asked for by a frame that leaves nothing to do, unless the host is late already", () => {
    const { stack, link, wakes } = byHand();
    const broadcast = udp({ source: PEER_IP, destination: "10.0.0.255" }, 1, 9, Buffer.from("x"));
    const frame = ethernet(BROADCAST, PEER_MAC, 0x0800, broadcast);
    link.onReceive?.(frame, frame.length, 5);
    expect(wakes()).toBe(0);
    expect(stack.nextPoll).toBe(Infinity);
    if ("dhcp" in stack.interfaces[1]!) probe(stack.interfaces[1]);
    stack.poll(5);
    const before = wakes();
    link.onReceive?.(frame, frame.length, stack.nextPoll + 1);
    expect(wakes()).toBe(before + 1);
  });

  it("is not asked for by what others on the link ask each other", () => {
    const { stack, link, wakes } = byHand();
    const fields = { operation: 1, senderMac: PEER_MAC, senderIp: PEER_IP } as const;
    const hears = (senderIp: string, targetIp: string): void => {
      const frame = ethernet(BROADCAST, PEER_MAC, ARP, arp({ ...fields, senderIp, targetIp }));
      link.onReceive?.(frame, frame.length, 5);
    };
    hears(PEER_IP, "10.0.0.77");
    hears("0.0.0.0", "10.0.0.77");
    expect([stack.counters.arpInPkts, wakes()]).toEqual([2, 0]);
    expect(stack.nextPoll).toBe(Infinity);
    const device = stack.interfaces[1]!;
    const results: unknown[] = [];
    device.dhcp!.probe(Ipv4Address.parse("10.0.0.77"), (result) => results.push(result));
    hears("0.0.0.0", "10.0.0.77");
    stack.poll(6);
    expect(results).toEqual([{ free: false, owner: MacAddress.parse(PEER_MAC) }]);
  });

  it("does not go on for ever when each callback causes another one", () => {
    const { stack } = byHand();
    let calls = 0;
    const socket = new stack.io.UDP({
      port: 9,
      onReadable() {
        calls++;
        this.read();
        this.write(Buffer.from("x"), "127.0.0.1", 9);
      },
    });
    socket.write(Buffer.from("x"), "127.0.0.1", 9);
    stack.poll(3);
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThan(1000);
    expect(stack.nextPoll).toBe(3);
  });

  it("does nothing when a callback polls again", () => {
    const { stack, link } = byHand();
    const heard: string[] = [];
    for (const port of [8, 9]) {
      new stack.io.UDP({
        port,
        onReadable: () => {
          heard.push(`begin ${port}`);
          stack.poll(1);
          heard.push(`end ${port}`);
        },
      });
      receive(link, udp(FROM_PEER, 1, port, Buffer.from("x")));
    }
    stack.poll(1);
    expect(heard).toEqual(["begin 8", "end 8", "begin 9", "end 9"]);
  });
});

function probe(device: unknown): void {
  const { dhcp } = device as { dhcp: { probe(address: Ipv4Address, done: () => void): void } };
  dhcp.probe(Ipv4Address.parse("10.0.0.7"), () => undefined);
}

describe("callbacks", () => {
  it("come from polls alone, whatever the call that causes them", () => {
    const machine = new Machine();
    const { stack, link } = machine;
    const heard: string[] = [];
    const note = (what: string) => () => void heard.push(what);
    machine.eth0.watch(note("change"));
    stack.icmp.onEchoReply = note("echo");
    machine.eth0.dhcp.listen(68, note("dhcp"));
    machine.eth0.dhcp.probe(Ipv4Address.parse("10.0.0.7"), note("probe"));
    new stack.io.UDP({ port: 9, onReadable: note("udp") });
    new stack.io.Listener({ port: 80, onReadable: note("listener") });
    const tcp = { onWritable: note("tcp"), onError: note("error") };
    new stack.io.TCP({ address: "127.0.0.1", port: 80, ...tcp });
    new stack.io.TCP({ address: "127.0.0.1", port: 81, ...tcp });
    machine.eth0.configure(machine.eth0.ipv4);
    const owner = arp({ operation: 2, senderMac: PEER_MAC, senderIp: "10.0.0.7", targetIp: "0.0.0.0" });
    const conflict = ethernet(BROADCAST, PEER_MAC, ARP, owner);
    link.onReceive?.(conflict, conflict.length, 0);
    receive(link, icmp(FROM_PEER, 0, 0, 0, Buffer.alloc(1)));
    receive(link, udp(FROM_PEER, 67, 68, Buffer.alloc(1)));
    receive(link, udp(FROM_PEER, 1, 9, Buffer.alloc(1)));
    link.onLinkChange?.();
    expect(heard).toEqual([]);
    machine.settle();
    expect(new Set(heard)).toEqual(
      new Set(["change", "echo", "dhcp", "probe", "udp", "listener", "tcp", "error"]),
    );
  });

  it("that throw lose nothing: not other sockets' events, not their own other ones", () => {
    const d = dialogue();
    const heard: string[] = [];
    const { stack } = d.machine;
    d.app.connects({
      onWritable: () => {
        heard.push("writable");
        throw new Error("mine");
      },
      onReadable: (bytes) => {
        heard.push(`readable ${bytes}`);
        throw new Error("mine");
      },
      onEnd: () => heard.push("end"),
    });
    new stack.io.UDP({ port: 9, onReadable: () => heard.push("udp") });
    d.peer.receives({ syn: true });
    let failures = 0;
    const attempt = (act: () => void): boolean => {
      try {
        act();
        return true;
      } catch {
        failures++;
        return false;
      }
    };
    attempt(() => d.peer.sends({ syn: true, fin: true, seq: 0, ack: 1, data: "hi" }));
    receive(d.machine.link, udp(FROM_PEER, 1, 9, Buffer.from("x")));
    while (!attempt(() => d.machine.settle()));
    d.app.reads();
    expect(failures).toBe(2);
    expect(heard.sort()).toEqual(["end", "readable 2", "udp", "writable"]);
  });

  it("are not made after `close`, even if they were due", () => {
    const d = dialogue();
    const heard: string[] = [];
    d.app.connects({
      onWritable() {
        heard.push("writable");
        this.close();
      },
      onReadable: () => heard.push("readable"),
      onEnd: () => heard.push("end"),
    });
    d.peer.receives({ syn: true });
    d.peer.sends({ syn: true, fin: true, seq: 0, ack: 1, data: "hi" });
    expect(heard).toEqual(["writable"]);
    d.peer.receives({ seq: 1, ack: 4 });
    d.peer.receives({ rst: true, seq: 1, ack: 4 });
  });
});

describe("attaching links", () => {
  it("makes room for the largest packet of all", () => {
    const { stack, link } = byHand();
    const jumbo = new ScriptedLink();
    jumbo.mtu = 9000;
    stack.attach(jumbo, { name: "eth1" }).configure({
      address: Ipv4Address.parse("10.1.0.1"),
      prefixLength: 24,
      dns: [],
    });
    let length = 0;
    jumbo.onTransmit = (frame) => (length = frame.length);
    new stack.io.UDP({ broadcast: true }).write(Buffer.alloc(8972), "10.1.0.255", 9);
    expect(length).toBe(9014);
    let frames = 0;
    link.onTransmit = () => frames++;
    new stack.io.UDP({ broadcast: true }).write(Buffer.alloc(8972), "10.0.0.255", 9);
    expect(frames).toBe(7); // 8,980 bytes in pieces of 1,480
  });
});
