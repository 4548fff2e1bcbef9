import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address } from "../../../src/address/index.js";
import { BROADCAST, ICMP, UDP, icmp, ipv4, udp } from "../support/build.js";
import { OWN_IP, PEER_IP, PEER_MAC } from "../support/machine.js";
import type { ReadFrame } from "../support/read.js";
import {
  WLAN_IP,
  WLAN_MAC,
  WLAN_PEER_IP,
  WLAN_PEER_MAC,
  twoLinks,
  type TwoLinks,
} from "../support/two-links.js";

const DATA = Buffer.from("through");

function router(options: Parameters<typeof twoLinks>[0] = {}): TwoLinks {
  return twoLinks({ forwarding: true, ...options });
}

function through(source = PEER_IP, destination = WLAN_PEER_IP, data: Uint8Array = DATA): Uint8Array {
  return udp({ source, destination }, 1000, 9, data);
}

/** A header byte changed, before the checksum is computed: the same packet with another TTL or with DF. */
function packet(
  ttl: number,
  fragment: number,
  payload: Uint8Array,
  options: readonly number[] = [],
): Uint8Array {
  return ipv4({ source: PEER_IP, destination: WLAN_PEER_IP, protocol: UDP, ttl, fragment, options }, payload);
}

describe("forwarding (RFC 1812 §5.2)", () => {
  it("is not what a host does, unless it is told to", () => {
    const { machine, wlanSent } = twoLinks();
    machine.receiveIp(through());
    expect([machine.sent, wlanSent]).toEqual([[], []]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-not-for-us": 1 });
  });

  it("sends on with one hop less, and leaves all else as it is", () => {
    const { machine, wlanSent } = router();
    const bytes = ipv4(
      {
        source: PEER_IP,
        destination: WLAN_PEER_IP,
        protocol: UDP,
        ttl: 17,
        tos: 0xba,
        options: [1, 7, 3, 4],
      },
      through().subarray(20),
    );
    machine.receiveIp(bytes);
    const [frame, ...others] = wlanSent as [ReadFrame];
    expect(others).toEqual([]);
    expect(frame).toMatchObject({ to: WLAN_PEER_MAC, from: WLAN_MAC, ttl: 16, tos: 0xba, source: PEER_IP });
    const expected = Buffer.from(bytes);
    expected[8] = 16;
    expected.set(frame.bytes.subarray(24, 26), 10); // the checksum, which was checked when it was read
    expect(Buffer.from(frame.bytes.subarray(14))).toEqual(expected);
    expect(machine.stack.counters).toMatchObject({ ipForwDatagrams: 1, ipInDelivers: 0, drops: {} });
  });

  it.each([2, 3, 64, 128, 255])("mends the checksum of any TTL: %i (RFC 1624)", (ttl) => {
    const { machine, wlanSent } = router();
    for (let i = 0; i < 300; i++) {
      const source = `10.0.${i % 7}.${2 + (i % 250)}`;
      machine.receiveIp(
        ipv4({ source, destination: WLAN_PEER_IP, protocol: UDP, ttl }, through(source).subarray(20)),
      );
    }
    expect(wlanSent.map((frame) => frame.ttl)).toEqual(Array<number>(300).fill(ttl - 1));
  });

  it("goes the way of the longest prefix, back through the same link if need be", () => {
    const { machine, wlanSent } = router();
    machine.neighbors.set("10.0.0.3", "02:00:00:00:00:03");
    const device = machine.eth0;
    machine.stack.routes.add({
      destination: Cidr.parse("8.0.0.0/8"),
      gateway: Ipv4Address.parse(WLAN_PEER_IP),
      device: machine.stack.interfaces[2]!,
    });
    machine.stack.routes.add({
      destination: Cidr.parse("8.8.0.0/16"),
      gateway: Ipv4Address.parse("10.0.0.3"),
      device,
    });
    machine.receiveIp(through(PEER_IP, "8.1.1.1"));
    machine.receiveIp(through(PEER_IP, "8.8.8.8"));
    expect(wlanSent.map(({ to, destination }) => [to, destination])).toEqual([[WLAN_PEER_MAC, "8.1.1.1"]]);
    expect(machine.sent.map(({ to, destination }) => [to, destination])).toEqual([
      ["02:00:00:00:00:03", "8.8.8.8"],
    ]);
  });

  it("answers for all of its addresses, on any link", () => {
    const { machine } = router();
    machine.receiveIp(icmp({ source: PEER_IP, destination: WLAN_IP }, 8, 0, 0, DATA));
    expect(machine.sent).toMatchObject([{ source: WLAN_IP, icmp: { type: 0 } }]);
  });

  it.each([
    ["from 0.0.0.0", "0.0.0.0", WLAN_PEER_IP, "forward-address"],
    ["from 127/8", "127.0.0.2", WLAN_PEER_IP, "ipv4-source"],
    ["from a group", "224.0.0.9", WLAN_PEER_IP, "ipv4-source"],
    ["from the link's broadcast address", "10.0.0.255", WLAN_PEER_IP, "ipv4-source"],
    ["from a link-local address", "169.254.1.1", WLAN_PEER_IP, "forward-address"],
    ["from itself", WLAN_IP, WLAN_PEER_IP, "ipv4-source"],
    ["to 127/8", PEER_IP, "127.0.0.1", "forward-address"],
    ["to a link-local address", PEER_IP, "169.254.1.1", "forward-address"],
    ["to a group", PEER_IP, "239.1.2.3", "forward-address"],
    ["to a reserved address", PEER_IP, "240.0.0.1", "forward-address"],
    ["to this network", PEER_IP, "0.1.2.3", "forward-address"],
    ["to another network's broadcast address (RFC 2644)", PEER_IP, "192.168.1.255", "forward-address"],
  ])("leaves out what comes %s", (_, source, destination, reason) => {
    const { machine, wlanSent } = router({ gateway: PEER_IP });
    machine.receiveIp(through(source, destination));
    expect([machine.sent, wlanSent]).toEqual([[], []]);
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
  });

  it("leaves out what came by broadcast on the link (§5.3.4)", () => {
    const { machine, wlanSent } = router();
    machine.receiveIp(through(), BROADCAST);
    expect([machine.sent, wlanSent]).toEqual([[], []]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-not-for-us": 1 });
  });
});

describe("a router tells the sender (RFC 1812 §4.3.3 and §5.2.7)", () => {
  it.each([0, 1])("of a TTL of %i that has run out", (ttl) => {
    const { machine } = router();
    const bytes = packet(ttl, 0, through().subarray(20));
    machine.receiveIp(bytes);
    expect(machine.sent).toMatchObject([
      {
        to: PEER_MAC,
        source: OWN_IP,
        tos: 0xc0,
        icmp: { type: 11, code: 0, rest: 0, data: Buffer.from(bytes) },
      },
    ]);
    expect(machine.stack.counters.drops).toEqual({ "forward-time-to-live": 1 });
    expect(machine.stack.counters.ipInHdrErrors).toBe(1);
  });

  it("of a network that no route leads to", () => {
    const { machine } = router();
    machine.receiveIp(through(PEER_IP, "8.8.8.8"));
    expect(machine.sent).toMatchObject([{ source: OWN_IP, icmp: { type: 3, code: 0 } }]);
    expect(machine.stack.counters.drops).toEqual({ "forward-no-route": 1 });
  });

  it("of a host that does not answer ARP, after three seconds", () => {
    const { machine } = router();
    machine.receiveIp(through(PEER_IP, "192.168.1.50"));
    machine.advance(2_999);
    expect(machine.sent).toEqual([]);
    machine.advance(1);
    expect(machine.sent).toMatchObject([{ time: 3000, source: OWN_IP, icmp: { type: 3, code: 1 } }]);
  });

  it("of a packet that must not be fragmented, with the next link's MTU (RFC 1191 §4)", () => {
    const { machine, wlanSent } = router({ wlanMtu: 600 });
    machine.receiveIp(packet(64, 0x4000, through(PEER_IP, WLAN_PEER_IP, Buffer.alloc(700)).subarray(20)));
    expect(wlanSent).toEqual([]);
    expect(machine.sent).toMatchObject([{ icmp: { type: 3, code: 4, rest: 600 } }]);
    expect(machine.sent[0]!.bytes.length).toBe(14 + 576);
    expect(machine.stack.counters.ipOutFragFails).toBe(1);
  });

  it("of an option that is cut short, with its place (RFC 1122 §3.2.2.5)", () => {
    const { machine, wlanSent } = router();
    machine.receiveIp(packet(64, 0, through().subarray(20), [1, 7, 11, 4]));
    expect(wlanSent).toEqual([]);
    expect(machine.sent).toMatchObject([{ icmp: { type: 12, code: 0, rest: (21 << 24) >>> 0 } }]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-options": 1 });
  });

  it.each<[string, Uint8Array]>([
    [
      "an ICMP error",
      ipv4(
        { source: PEER_IP, destination: WLAN_PEER_IP, protocol: ICMP, ttl: 1 },
        Buffer.from([3, 1, 0, 0, 0, 0, 0, 0]),
      ),
    ],
    ["a fragment other than the first", packet(1, 1, Buffer.alloc(8))],
    [
      "an empty ICMP packet",
      ipv4({ source: PEER_IP, destination: WLAN_PEER_IP, protocol: ICMP, ttl: 1 }, Buffer.alloc(0)),
    ],
  ])("nothing of %s", (_, bytes) => {
    const { machine } = router();
    machine.receiveIp(bytes);
    expect(machine.sent).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ "forward-time-to-live": 1 });
  });

  it("not too often", () => {
    const { machine } = router();
    for (let i = 0; i < 50; i++) machine.receiveIp(through(PEER_IP, "8.8.8.8"));
    expect(machine.sent).toHaveLength(20);
    expect(machine.stack.counters.drops["icmpv4-rate-limit"]).toBe(30);
  });

  it("nothing of a source route, which it drops (RFC 7126 §4.3)", () => {
    const { machine, wlanSent } = router();
    machine.receiveIp(packet(64, 0, through().subarray(20), [131, 7, 4, 8, 8, 8, 8, 0]));
    expect([machine.sent, wlanSent]).toEqual([[], []]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-source-route": 1 });
  });
});

describe("a packet that is too large for the next link (RFC 791 §3.2)", () => {
  const datagram = through(
    PEER_IP,
    WLAN_PEER_IP,
    Buffer.from(Array.from({ length: 1300 }, (_, i) => i & 255)),
  ).subarray(20);

  it("is cut into fragments, which carry only the options that must be copied", () => {
    const { machine, wlanSent } = router({ wlanMtu: 600 });
    // Record Route stays with the first fragment; Router Alert goes with each.
    machine.receiveIp(packet(64, 0, datagram, [7, 7, 4, 0, 0, 0, 0, 1, 0x94, 4, 0, 0]));
    expect(
      wlanSent.map(({ fragment, options, ttl }) => [
        fragment!.offset,
        fragment!.hasMore,
        options?.length,
        ttl,
      ]),
    ).toEqual([
      [0, true, 12, 63],
      [568, true, 4, 63],
      [1144, false, 4, 63],
    ]);
    const whole = Buffer.concat(wlanSent.map(({ fragment }) => fragment!.payload));
    expect(whole).toEqual(Buffer.from(datagram));
    expect(new Set(wlanSent.map(({ fragment }) => fragment!.identification))).toEqual(new Set([0x1234]));
    expect(machine.stack.counters).toMatchObject({
      ipOutFragOKs: 1,
      ipOutFragCreates: 3,
      ipForwDatagrams: 1,
    });
  });

  it("may be a fragment already", () => {
    const { machine, wlanSent } = router({ wlanMtu: 600 });
    machine.receiveIp(packet(64, 0x2000 | 10, datagram.subarray(0, 1304)));
    expect(wlanSent.map(({ fragment }) => [fragment!.offset, fragment!.hasMore])).toEqual([
      [80, true],
      [656, true],
      [1232, true],
    ]);
  });

  it("is a fragment that fits: it goes on as it came, and is not put together here", () => {
    const { machine, wlanSent } = router();
    machine.receiveIp(packet(64, 0x2000, datagram.subarray(0, 800)));
    machine.receiveIp(packet(64, 100, datagram.subarray(800)));
    expect(wlanSent.map(({ fragment }) => [fragment!.offset, fragment!.payload.length])).toEqual([
      [0, 800],
      [800, 508],
    ]);
    expect(machine.stack.ip.reassembly.size).toBe(0);
  });
});
