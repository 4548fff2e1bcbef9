import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import type { ProbeResult } from "../../../src/host/index.js";
import { ARP, BROADCAST, arp, ethernet } from "../support/build.js";
import { Machine, OWN_MAC, PEER_MAC } from "../support/machine.js";

const WANTED = "10.0.0.50";

interface Probing {
  machine: Machine;
  results: ProbeResult[];
  cancel: () => void;
}

function probing(): Probing {
  const machine = new Machine();
  const results: ProbeResult[] = [];
  const cancel = machine.eth0.dhcp.probe(Ipv4Address.parse(WANTED), (result) => results.push(result));
  machine.settle();
  return { machine, results, cancel };
}

function says(machine: Machine, operation: 1 | 2, senderIp: string, targetIp: string, mac = PEER_MAC): void {
  machine.receive(ethernet(BROADCAST, mac, ARP, arp({ operation, senderMac: mac, senderIp, targetIp })));
}

describe("probing an address (RFC 5227 §2.1.1)", () => {
  it("asks three times from 0.0.0.0, then waits two seconds", () => {
    const { machine, results } = probing();
    while (results.length === 0) machine.advance(1);
    expect(results).toEqual([{ free: true }]);
    const [first, second, third, ...others] = machine.sent;
    expect(others).toEqual([]);
    expect(first!.arp).toEqual({
      operation: 1,
      senderMac: OWN_MAC,
      senderIp: "0.0.0.0",
      targetMac: "00:00:00:00:00:00",
      targetIp: WANTED,
    });
    expect(first!.to).toBe(BROADCAST);
    expect(first!.time).toBeLessThanOrEqual(1000);
    for (const gap of [second!.time - first!.time, third!.time - second!.time]) {
      expect(gap).toBeGreaterThanOrEqual(1000);
      expect(gap).toBeLessThanOrEqual(2000);
    }
    expect(machine.now - third!.time).toBe(2000);
    expect(machine.stack.timers.size).toBe(0);
  });

  it.each<[string, 1 | 2, string, string]>([
    ["an answer", 2, WANTED, "0.0.0.0"],
    ["a request of the owner's", 1, WANTED, "10.0.0.1"],
    ["an announcement", 1, WANTED, WANTED],
    ["somebody else's probe", 1, "0.0.0.0", WANTED],
  ])("finds it taken by %s", (_, operation, sender, target) => {
    const { machine, results } = probing();
    machine.advance(1500);
    says(machine, operation, sender, target);
    expect(results).toEqual([{ free: false, owner: expect.anything() }]);
    expect(String((results[0] as { owner?: unknown }).owner).toLowerCase()).toBe(PEER_MAC);
    machine.sent.length = 0;
    machine.advance(10_000);
    expect(machine.sent).toEqual([]);
    expect(results).toHaveLength(1);
  });

  it("is not disturbed by its own probe coming back, or by other addresses", () => {
    const { machine, results } = probing();
    machine.advance(1500);
    says(machine, 1, "0.0.0.0", WANTED, OWN_MAC);
    says(machine, 1, "0.0.0.0", "10.0.0.51");
    says(machine, 2, "10.0.0.51", WANTED);
    expect(results).toEqual([]);
  });

  it("takes no silence for an answer while the link is down: it begins anew when the link is up", () => {
    const { machine, results } = probing();
    machine.advance(1500);
    machine.link.up = false;
    machine.link.onLinkChange?.();
    machine.settle();
    machine.sent.length = 0;
    machine.advance(60_000);
    expect([results, machine.sent, machine.stack.nextPoll]).toEqual([[], [], Infinity]);
    machine.link.up = true;
    machine.link.onLinkChange?.();
    machine.settle();
    machine.advance(10_000);
    expect(machine.sent).toHaveLength(3);
    expect(results).toEqual([{ free: true }]);
  });

  it("waits for the next poll, however long the host has slept before", () => {
    const machine = new Machine();
    machine.now = 60_000;
    machine.eth0.dhcp.probe(Ipv4Address.parse(WANTED), () => undefined);
    machine.settle();
    machine.advance(10_000);
    const [first, second] = machine.sent;
    expect(first!.time).toBeGreaterThanOrEqual(60_000);
    expect(second!.time - first!.time).toBeGreaterThanOrEqual(1000);
  });

  it("can be cancelled, even while the answer is on its way", () => {
    const { machine, results, cancel } = probing();
    machine.advance(1500);
    machine.whileNotPolled(() => {
      says(machine, 2, WANTED, "0.0.0.0");
      cancel();
    });
    machine.advance(10_000);
    expect(results).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
  });
});

describe("announcing an address (RFC 5227 §2.3)", () => {
  it("tells it twice, two seconds apart", () => {
    const machine = new Machine();
    expect(machine.eth0.dhcp.announce(Ipv4Address.parse("10.0.0.1"))).toBe(true);
    machine.advance(60_000);
    expect(
      machine.sent.map(({ time, to, arp: packet }) => [time, to, packet?.senderIp, packet?.targetIp]),
    ).toEqual([0, 2000].map((time) => [time, BROADCAST, "10.0.0.1", "10.0.0.1"]));
    expect(machine.stack.timers.size).toBe(0);
  });

  it("stops once the address is gone", () => {
    const machine = new Machine();
    machine.eth0.dhcp.announce(Ipv4Address.parse("10.0.0.1"));
    machine.eth0.configure(undefined);
    machine.settle();
    machine.sent.length = 0;
    machine.advance(60_000);
    expect(machine.sent).toEqual([]);
  });
});
