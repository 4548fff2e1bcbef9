import { describe, expect, it } from "@jest/globals";
import { ARP, BROADCAST, arp, ethernet, icmp, ipv4, udp } from "./support/build.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC } from "./support/machine.js";
import { expectBalanced } from "./support/ledger.js";
import { WLAN_PEER_IP, WLAN_PEER_MAC, twoLinks } from "./support/two-links.js";
import { MAX_POSTPONED_FRAMES } from "../../src/stack/interface/postponed.js";

const ENDS = { source: PEER_IP, destination: OWN_IP };
const DATA = Buffer.from("x");

describe("the counters", () => {
  it("are those of the SNMP MIBs (RFC 4293, 4113, 4022), sums over what was dropped", () => {
    const machine = new Machine({ forwarding: true });
    const bad = (packet: Uint8Array, at: number): Uint8Array =>
      packet.map((byte, i) => (i === at ? byte ^ 1 : byte));
    machine.receiveIp(bad(udp(ENDS, 1, 9, DATA), 10)); // IP checksum
    machine.receiveIp(bad(udp(ENDS, 1, 9, DATA), 26)); // UDP checksum
    machine.receiveIp(udp(ENDS, 1, 9, DATA));
    machine.receiveIp(udp(ENDS, 1, 9, DATA).subarray(0, 25));
    machine.receiveIp(udp({ source: PEER_IP, destination: "127.0.0.1" }, 1, 9, DATA));
    machine.receiveIp(udp({ source: PEER_IP, destination: "8.8.8.8" }, 1, 9, DATA));
    machine.receiveIp(ipv4({ ...ENDS, protocol: 132 }, DATA));
    machine.receiveIp(ipv4({ ...ENDS, protocol: 17, fragment: 0x2000 }, Buffer.alloc(7)));
    machine.receiveIp(bad(icmp(ENDS, 8, 0, 0, DATA), 22));
    machine.receiveIp(ipv4({ ...ENDS, protocol: 6 }, Buffer.alloc(19)));
    const { counters } = machine.stack;
    expect(counters).toMatchObject({
      ipInReceives: 10,
      ipInHdrErrors: 1,
      ipInTruncatedPkts: 1,
      ipInAddrErrors: 1,
      ipInNoRoutes: 1,
      ipInUnknownProtos: 1,
      ipReasmReqds: 1,
      ipReasmFails: 1,
      ipOutNoRoutes: 0,
      ipOutDiscards: 0,
      ipOutFragFails: 0,
      icmpInErrors: 1,
      icmpOutErrors: 3,
      udpNoPorts: 1,
      udpInErrors: 1,
      tcpInErrs: 1,
    });
    expectBalanced(counters);
  });
});

describe("a link that delivers from inside transmit, which it must not", () => {
  it("disturbs nothing: the frame is received at the next poll", () => {
    const { machine, wlanSent } = twoLinks();
    const socket = new machine.stack.io.UDP({});
    socket.write(DATA, WLAN_PEER_IP, 9);
    machine.settle();
    expect(wlanSent.map(({ to, udp: sent }) => [to, sent?.to])).toEqual([[WLAN_PEER_MAC, 9]]);
    expect(machine.stack.counters.drops).toEqual({});
  });

  it("cannot fill the memory", () => {
    const machine = new Machine();
    const request = ethernet(
      BROADCAST,
      PEER_MAC,
      ARP,
      arp({ operation: 1, senderMac: PEER_MAC, senderIp: PEER_IP, targetIp: OWN_IP }),
    );
    let echoes = 0;
    const read = machine.link.onTransmit;
    machine.link.onTransmit = (frame) => {
      for (; echoes < MAX_POSTPONED_FRAMES + 5; echoes++)
        machine.link.onReceive?.(request, request.length, 0);
      read(frame);
    };
    machine.receiveIp(icmp(ENDS, 8, 0, 0, DATA), OWN_MAC);
    expect(machine.stack.counters.drops).toEqual({ "receive-queue-full": 5 });
    expect(machine.sent.filter((frame) => frame.arp?.operation === 2)).toHaveLength(MAX_POSTPONED_FRAMES);
  });
});
