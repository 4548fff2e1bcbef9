import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address } from "../../../src/address/index.js";
import { ARP, BROADCAST, arp, ethernet } from "../support/build.js";
import { Machine, OWN_IP, OWN_MAC, PEER_MAC, type MachineOptions } from "../support/machine.js";

/** A machine that has announced its address, and whom it was told to have lost it to. */
function announced(options: MachineOptions = {}): { machine: Machine; lost: string[] } {
  const machine = new Machine(options);
  const lost: string[] = [];
  machine.eth0.dhcp.announce(Ipv4Address.parse(OWN_IP), (owner) =>
    lost.push(`${machine.now}: ${owner.toString().toLowerCase()}`),
  );
  machine.advance(5_000);
  machine.sent.length = 0;
  return { machine, lost };
}

/** Another host uses `address`. */
function claims(machine: Machine, address = OWN_IP, operation: 1 | 2 = 1): void {
  const packet = arp({ operation, senderMac: PEER_MAC, senderIp: address, targetIp: address });
  machine.receive(ethernet(BROADCAST, PEER_MAC, ARP, packet));
}

/** What was sent, as "time: sender target to MAC". */
function heard(machine: Machine): string[] {
  return machine.sent
    .splice(0)
    .map(({ time, to, arp: packet }) => `${time}: ${packet!.senderIp} ${packet!.targetIp} to ${to}`);
}

const DEFENCE = `${OWN_IP} ${OWN_IP} to ${BROADCAST}`;

describe("an address that another host uses (RFC 5227 §2.4)", () => {
  it.each<1 | 2>([1, 2])("is defended once, by an announcement, against ARP operation %i", (operation) => {
    const { machine, lost } = announced();
    claims(machine, OWN_IP, operation);
    expect(heard(machine)).toEqual([`5000: ${DEFENCE}`]);
    expect(machine.eth0.ipv4?.address.toString()).toBe(OWN_IP);
    expect(machine.eth0.neighbors.size).toBe(0);
    expect(machine.stack.counters.drops).toEqual({ "arp-conflict": 1 });
    expect(lost).toEqual([]);
  });

  it("is given up if the other one goes on within ten seconds, and its owner is told (b)", () => {
    const { machine, lost } = announced();
    const errors: string[] = [];
    new machine.stack.io.TCP({
      address: "10.0.0.9",
      port: 80,
      onError: (error) => errors.push(String(error)),
    });
    machine.settle();
    claims(machine);
    machine.advance(9_999);
    machine.sent.length = 0;
    claims(machine);
    expect(machine.sent).toEqual([]);
    expect(machine.eth0.ipv4).toBeUndefined();
    expect(lost).toEqual([`14999: ${PEER_MAC}`]);
    expect(errors).toEqual([expect.stringContaining("ENETDOWN")]);
    claims(machine);
    expect(lost).toHaveLength(1);
  });

  it("is defended again after ten seconds", () => {
    const { machine } = announced();
    claims(machine);
    machine.advance(10_000);
    claims(machine);
    expect(heard(machine)).toEqual([`5000: ${DEFENCE}`, `15000: ${DEFENCE}`]);
    expect(machine.eth0.ipv4).toBeDefined();
  });

  it("is kept whatever comes by who defends always, without flooding the link (c)", () => {
    const { machine, lost } = announced({ addressDefence: "always" });
    for (let i = 0; i < 25; i++) {
      claims(machine);
      machine.advance(1_000);
    }
    expect(heard(machine)).toEqual([5_000, 15_000, 25_000].map((time) => `${time}: ${DEFENCE}`));
    expect(lost).toEqual([]);
  });

  it("goes alone where the interface has others", () => {
    const { machine } = announced();
    machine.eth0.addAddress(Cidr.parse("10.0.0.2/24"));
    claims(machine, "10.0.0.2");
    claims(machine, "10.0.0.2");
    expect(machine.eth0.addresses.map(String)).toEqual([`${OWN_IP}/24`]);
  });

  it("is not taken away by its own frames coming back, or by a probe", () => {
    const { machine } = announced();
    const own = arp({ operation: 1, senderMac: OWN_MAC, senderIp: OWN_IP, targetIp: OWN_IP });
    machine.receive(ethernet(BROADCAST, OWN_MAC, ARP, own));
    const probe = arp({ operation: 1, senderMac: PEER_MAC, senderIp: "0.0.0.0", targetIp: OWN_IP });
    for (let i = 0; i < 3; i++) machine.receive(ethernet(BROADCAST, PEER_MAC, ARP, probe));
    expect(machine.eth0.ipv4).toBeDefined();
    expect(machine.stack.counters.drops).toEqual({ "arp-sender": 1 });
    expect(heard(machine)).toEqual([1, 2, 3].map(() => `5000: ${OWN_IP} 0.0.0.0 to ${PEER_MAC}`));
  });
});

describe("a claim that may be forged", () => {
  it.each(["224.0.0.5", "255.255.255.255", "127.0.0.1"])("from %s is nobody's", (senderIp) => {
    const { machine } = announced();
    const packet = arp({ operation: 1, senderMac: PEER_MAC, senderIp, targetIp: OWN_IP });
    machine.receive(ethernet(BROADCAST, PEER_MAC, ARP, packet));
    expect(machine.stack.counters.drops).toEqual({ "arp-sender": 1 });
    expect(machine.sent).toEqual([]);
    expect(machine.eth0.neighbors.size).toBe(0);
  });

  it("of a host on another network makes no entry", () => {
    const { machine } = announced();
    const packet = arp({ operation: 1, senderMac: PEER_MAC, senderIp: "8.8.8.8", targetIp: OWN_IP });
    machine.receive(ethernet(BROADCAST, PEER_MAC, ARP, packet));
    expect(machine.eth0.neighbors.size).toBe(0);
  });

  it("by gratuitous ARP makes no entry (RFC 826)", () => {
    const { machine } = announced();
    claims(machine, "10.0.0.7");
    claims(machine, "10.0.0.7", 2);
    expect(machine.eth0.neighbors.size).toBe(0);
  });
});
