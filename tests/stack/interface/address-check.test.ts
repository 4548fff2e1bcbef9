import { describe, expect, it } from "@jest/globals";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { CheckResult } from "../../../src/host/index.js";
import { CHECK_REQUESTS, MAX_CHECKS } from "../../../src/stack/interface/address-check.js";
import { ARP, BROADCAST, arp, ethernet, icmp } from "../support/build.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC } from "../support/machine.js";

const WANTED = "10.0.0.50";
const BEYOND = "172.16.4.50";
const WAIT = 500;
const OWN = MacAddress.parse(OWN_MAC);
const PEER = MacAddress.parse(PEER_MAC);

interface Checking {
  readonly machine: Machine;
  readonly answers: readonly CheckResult[];
  readonly cancel: () => void;
}

function checking(address: string, machine = new Machine({ gateway: PEER_IP })): Checking {
  const answers: CheckResult[] = [];
  const cancel = machine.eth0.dhcp?.check(Ipv4Address.parse(address), WAIT, (result) => answers.push(result));
  machine.settle();
  return { machine, answers, cancel: cancel! };
}

describe("asking whether an address is in use (RFC 2131 §2.2)", () => {
  it("asks by ARP where it is on the link, and takes silence for no", () => {
    const { machine, answers } = checking(WANTED);
    machine.advance(WAIT - 1);
    expect(answers).toEqual([]);
    expect(machine.sent.map(({ time, to, arp: packet }) => [time, to, packet])).toEqual(
      [0, WAIT / 2].map((time) => [
        time,
        BROADCAST,
        {
          operation: 1,
          senderMac: OWN_MAC,
          senderIp: OWN_IP,
          targetMac: "00:00:00:00:00:00",
          targetIp: WANTED,
        },
      ]),
    );
    expect(machine.sent).toHaveLength(CHECK_REQUESTS);
    machine.advance(1);
    expect(answers).toEqual([{ free: true }]);
    expect(machine.stack.timers.size).toBe(0);
  });

  it("hears who answers, once", () => {
    const { machine, answers } = checking(WANTED);
    machine.neighbors.set(WANTED, PEER_MAC);
    machine.advance(WAIT / 2);
    expect(answers).toEqual([{ free: false, owner: PEER }]);
    machine.advance(WAIT);
    expect(answers).toEqual([{ free: false, owner: PEER }]);
    expect(machine.sent).toHaveLength(1);
  });

  it("is not content with another's answer", () => {
    const { machine, answers } = checking(WANTED);
    machine.receive(
      ethernet(
        OWN_MAC,
        PEER_MAC,
        ARP,
        arp({ operation: 2, senderMac: PEER_MAC, senderIp: PEER_IP, targetMac: OWN_MAC, targetIp: OWN_IP }),
      ),
    );
    expect(answers).toEqual([]);
  });

  it("pings where it is beyond a router", () => {
    const { machine, answers } = checking(BEYOND);
    const [request] = machine.sent;
    expect(request).toMatchObject({ to: PEER_MAC, source: OWN_IP, destination: BEYOND, icmp: { type: 8 } });
    const { rest, data } = request!.icmp!;
    const reply = (source: string, restOfHeader: number): void =>
      machine.receiveIp(icmp({ source, destination: OWN_IP }, 0, 0, restOfHeader, data));
    reply(BEYOND, rest ^ 0x10000);
    reply("172.16.4.51", rest);
    expect(answers).toEqual([]);
    reply(BEYOND, rest);
    expect(answers).toEqual([{ free: false, owner: undefined }]);
  });

  it("takes silence for no there as well", () => {
    const { machine, answers } = checking(BEYOND);
    machine.advance(WAIT);
    expect(answers).toEqual([{ free: true }]);
    expect(machine.sent.map(({ icmp: message }) => message!.rest & 0xffff)).toEqual([1, 2]);
  });

  it("knows its own addresses", () => {
    const { machine, answers } = checking(OWN_IP);
    expect([answers, machine.sent]).toEqual([[{ free: false, owner: OWN }], []]);
  });

  it("cannot ask where there is no way", () => {
    expect(checking(BEYOND, new Machine()).cancel).toBeUndefined();
    const bare = new Machine();
    bare.eth0.configure(undefined);
    expect(checking(WANTED, bare).cancel).toBeUndefined();
  });

  it("says nothing once it is cancelled, even if the answer is there already", () => {
    const { machine, answers, cancel } = checking(WANTED);
    cancel();
    expect(machine.stack.timers.size).toBe(0);
    machine.whileNotPolled(() => {
      const { cancel: cancelNow } = checking(OWN_IP, machine);
      cancelNow();
    });
    machine.advance(WAIT);
    expect(answers).toEqual([]);
  });

  it("refuses more than so many at once", () => {
    const machine = new Machine();
    const cancels = Array.from(
      { length: MAX_CHECKS },
      (_, i) => checking(`10.0.0.${50 + i}`, machine).cancel,
    );
    expect(cancels).not.toContain(undefined);
    expect(checking("10.0.0.200", machine).cancel).toBeUndefined();
    cancels[0]!();
    expect(checking("10.0.0.200", machine).cancel).toBeDefined();
  });
});
