import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Udp, UdpOptions } from "../../../src/host/index.js";
import { MAX_QUERIED_SOURCES } from "../../../src/stack/igmp/group.js";
import { MAX_GROUPS } from "../../../src/stack/igmp/igmp.js";
import { IGMP, icmp, igmp, ipv4, u16, udp } from "../support/build.js";
import { ipBytes } from "../support/checksum.js";
import { Machine, OWN_IP, PEER_IP, type MachineOptions } from "../support/machine.js";

const GROUP = "239.1.2.3";
const OTHER = "239.9.9.9";
const ALL_HOSTS = "224.0.0.1";
const ROUTERS = "224.0.0.22";

const QUERY = 0x11;
const IS_INCLUDE = 1;
const IS_EXCLUDE = 2;
const TO_INCLUDE = 3;
const TO_EXCLUDE = 4;

interface Member {
  machine: Machine;
  socket: Udp;
  read: string[];
}

/** A machine with a socket on port 9 that is in `GROUP`, once its joining has been told. */
function member(options: UdpOptions = {}, machineOptions: MachineOptions = {}): Member {
  const machine = new Machine(machineOptions);
  const read: string[] = [];
  const socket = new machine.stack.io.UDP({
    port: 9,
    multicast: GROUP,
    timeToLive: 1,
    onReadable() {
      for (let datagram = this.read(); datagram !== undefined; datagram = this.read())
        read.push(Buffer.from(datagram).toString());
    },
    ...options,
  });
  machine.advance(20_000);
  machine.sent.length = 0;
  return { machine, socket, read };
}

/** What was reported, as "time destination: record, …" or "time destination: type group" of the older versions. */
function reports(machine: Machine): string[] {
  return machine.sent.splice(0).map(({ time, destination, igmp: message }) => {
    if (message!.type === 0x22) return `${time} ${destination}: ${message!.records.join(", ")}`;
    return `${time} ${destination}: ${message!.type.toString(16)} ${message!.group}`;
  });
}

/** A query of version 3. @param delay in ms, below 12.8 s */
function query3(group: string, delay: number, sources: readonly string[] = [], robustness = 2): Uint8Array {
  const rest = [...ipBytes(group), robustness, 125, ...u16(sources.length), ...sources.flatMap(ipBytes)];
  return igmp(
    { source: PEER_IP, destination: group === "0.0.0.0" ? ALL_HOSTS : group },
    QUERY,
    delay / 100,
    rest,
  );
}

/** A query of version 2, or of version 1 with a delay of 0. */
function oldQuery(group: string, delay: number): Uint8Array {
  const destination = group === "0.0.0.0" ? ALL_HOSTS : group;
  return igmp({ source: PEER_IP, destination }, QUERY, delay / 100, ipBytes(group));
}

describe("joining a group (RFC 3376 §5.1)", () => {
  it("is told at once, and once more within a second, by Router Alert and with a TTL of 1", () => {
    const machine = new Machine();
    new machine.stack.io.UDP({ multicast: GROUP });
    machine.advance(20_000);
    const [first, second, ...others] = machine.sent;
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      time: 0,
      to: "01:00:5e:00:00:16",
      source: OWN_IP,
      destination: ROUTERS,
      ttl: 1,
      tos: 0xc0,
      options: Buffer.from([0x94, 4, 0, 0]),
      igmp: { type: 0x22, records: [`${TO_EXCLUDE} ${GROUP}`] },
    });
    expect(second!.igmp).toEqual(first!.igmp);
    expect(second!.time).toBeLessThanOrEqual(1000);
    expect(machine.stack.timers.size).toBe(0);
    expect(machine.stack.counters).toMatchObject({ igmpOutMsgs: 2, ipOutMcastPkts: 2 });
  });

  it("is told again as often as the querier's robustness variable says", () => {
    const { machine, socket } = member();
    machine.receiveIp(query3("0.0.0.0", 100, [], 5));
    machine.advance(1_000);
    machine.sent.length = 0;
    socket.join!(OTHER);
    machine.advance(20_000);
    expect(machine.sent).toHaveLength(5);
  });

  it("is told for several groups in one report", () => {
    const machine = new Machine();
    const socket = new machine.stack.io.UDP({ multicast: GROUP });
    socket.join!(OTHER);
    machine.settle();
    expect(reports(machine)).toEqual([`0 ${ROUTERS}: ${TO_EXCLUDE} ${GROUP}, ${TO_EXCLUDE} ${OTHER}`]);
  });

  it("of all hosts is told nobody: every host is in it", () => {
    const machine = new Machine();
    const socket = new machine.stack.io.UDP({ multicast: ALL_HOSTS });
    machine.advance(20_000);
    machine.receiveIp(query3("0.0.0.0", 100));
    machine.advance(20_000);
    socket.close();
    machine.advance(20_000);
    expect(machine.sent).toEqual([]);
    expect(machine.eth0.igmp.isMember(0xe000_0001)).toBe(true);
  });

  it("without an address is told from 0.0.0.0 (§4.2.13), and again with the address", () => {
    const machine = new Machine();
    machine.eth0.configure(undefined);
    new machine.stack.io.UDP({ multicast: GROUP });
    machine.advance(5_000);
    expect(machine.sent.map(({ source }) => source)).toEqual(["0.0.0.0", "0.0.0.0"]);
    machine.eth0.configure({ address: Ipv4Address.parse(OWN_IP), prefixLength: 24, dns: [] });
    machine.advance(5_000);
    expect(machine.sent.slice(2).map(({ source }) => source)).toEqual([OWN_IP, OWN_IP]);
  });

  it("is told anew when the link comes back", () => {
    const { machine } = member();
    machine.link.up = false;
    machine.link.onLinkChange?.();
    machine.advance(5_000);
    machine.link.up = true;
    machine.link.onLinkChange?.();
    machine.advance(5_000);
    expect(reports(machine)).toEqual([
      `25000 ${ROUTERS}: ${TO_EXCLUDE} ${GROUP}`,
      expect.stringContaining(`${TO_EXCLUDE} ${GROUP}`),
    ]);
    expect(machine.stack.counters.drops).toEqual({});
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ["no group", "10.0.0.1", undefined, /EINVAL/],
    ["a group it is in", GROUP, undefined, /EADDRINUSE/],
    ["an address that is not this host's", OTHER, "10.0.0.77", /ENETUNREACH/],
  ])("fails with %s", (_, group, address, error) => {
    const { socket } = member();
    expect(() => socket.join!(group, address)).toThrow(error);
  });

  it("fails above the limit", () => {
    const { socket } = member();
    for (let i = 1; i < MAX_GROUPS; i++) socket.join!(`239.2.0.${i}`);
    expect(() => socket.join!("239.2.1.1")).toThrow(/ENOBUFS/);
  });
});

describe("leaving a group", () => {
  it("is told twice by the last socket that leaves", () => {
    const { machine, socket } = member();
    const other = new machine.stack.io.UDP({ multicast: GROUP });
    socket.leave!(GROUP);
    machine.advance(5_000);
    expect(machine.sent).toEqual([]);
    other.close();
    machine.advance(5_000);
    expect(reports(machine)).toEqual([
      `25000 ${ROUTERS}: ${TO_INCLUDE} ${GROUP}`,
      expect.stringContaining(`${ROUTERS}: ${TO_INCLUDE} ${GROUP}`),
    ]);
    expect(machine.eth0.igmp.groups).toEqual([]);
    expect(() => socket.leave!(GROUP)).toThrow(/EADDRNOTAVAIL/);
  });

  it("and joining again before that was told twice tells the last state only", () => {
    const { machine, socket } = member();
    socket.leave!(GROUP);
    machine.settle();
    socket.join!(GROUP);
    machine.advance(5_000);
    expect(reports(machine).map((line) => line.split(": ")[1])).toEqual([
      `${TO_INCLUDE} ${GROUP}`,
      `${TO_EXCLUDE} ${GROUP}`,
      `${TO_EXCLUDE} ${GROUP}`,
    ]);
  });
});

describe("a query of version 3 (RFC 3376 §5.2)", () => {
  it("for all groups is answered once, within the time it gives", () => {
    const { machine, socket } = member();
    socket.join!(OTHER);
    machine.advance(5_000);
    machine.sent.length = 0;
    machine.receiveIp(query3("0.0.0.0", 10_000));
    expect(machine.sent).toEqual([]);
    machine.advance(10_000);
    const [answer, ...others] = reports(machine);
    expect(others).toEqual([]);
    expect(answer).toMatch(new RegExp(`${IS_EXCLUDE} ${GROUP}, ${IS_EXCLUDE} ${OTHER}$`));
    expect(machine.stack.timers.size).toBe(0);
  });

  it("is answered after a delay that differs", () => {
    const { machine } = member();
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) {
      const begin = machine.now;
      machine.receiveIp(query3("0.0.0.0", 10_000));
      machine.advance(20_000);
      delays.push(machine.sent.splice(0)[0]!.time - begin);
    }
    expect(new Set(delays).size).toBe(5);
    for (const delay of delays) expect(delay).toBeLessThanOrEqual(10_000);
  });

  it("for the group is answered for the group", () => {
    const { machine, socket } = member();
    socket.join!(OTHER);
    machine.advance(5_000);
    machine.sent.length = 0;
    machine.receiveIp(query3(GROUP, 1_000));
    machine.advance(2_000);
    expect(reports(machine)).toEqual([expect.stringContaining(`${ROUTERS}: ${IS_EXCLUDE} ${GROUP}`)]);
  });

  it("for sources is answered for these: all are received", () => {
    const { machine } = member();
    machine.receiveIp(query3(GROUP, 1_000, ["10.0.0.5"]));
    machine.receiveIp(query3(GROUP, 1_000, ["10.0.0.6", "10.0.0.5"]));
    machine.advance(2_000);
    expect(reports(machine)).toEqual([
      expect.stringContaining(`${ROUTERS}: ${IS_INCLUDE} ${GROUP} 10.0.0.5 10.0.0.6`),
    ]);
  });

  it("for sources without number is answered for the group", () => {
    const { machine } = member();
    const sources = Array.from({ length: MAX_QUERIED_SOURCES + 1 }, (_, i) => `10.0.1.${i}`);
    machine.receiveIp(query3(GROUP, 1_000, sources));
    machine.receiveIp(query3(GROUP, 1_000, ["10.0.0.5"]));
    machine.advance(2_000);
    expect(reports(machine)).toEqual([expect.stringContaining(`${ROUTERS}: ${IS_EXCLUDE} ${GROUP}`)]);
  });

  it("adds nothing where the answer to all is due sooner", () => {
    const { machine } = member();
    machine.receiveIp(query3("0.0.0.0", 100));
    for (let i = 0; i < 100; i++) {
      machine.receiveIp(query3(GROUP, 12_000));
      machine.receiveIp(query3("0.0.0.0", 12_000));
    }
    machine.advance(100);
    expect(machine.sent).toHaveLength(1);
  });

  it.each<[string, Uint8Array]>([
    ["another group", query3(OTHER, 100)],
    ["nobody's", query3("0.0.0.0", 100).fill(0, 32, 33)],
  ])("about %s is not answered", (_, packet) => {
    const { machine } = member();
    machine.receiveIp(packet);
    machine.advance(20_000);
    expect(machine.sent).toEqual([]);
  });

  it.each<[string, string, Uint8Array]>([
    [
      "igmp-router-alert",
      "without Router Alert",
      ipv4(
        { source: PEER_IP, destination: ALL_HOSTS, protocol: IGMP, ttl: 1 },
        query3("0.0.0.0", 100).subarray(24),
      ),
    ],
    [
      "igmp-truncated",
      "of seven bytes",
      igmp({ source: PEER_IP, destination: ALL_HOSTS }, QUERY, 1, [0, 0, 0]),
    ],
    [
      "igmp-length",
      "of ten bytes",
      igmp({ source: PEER_IP, destination: ALL_HOSTS }, QUERY, 1, Array<number>(6).fill(0)),
    ],
    [
      "igmp-length",
      "with fewer sources than it says",
      igmp({ source: PEER_IP, destination: GROUP }, QUERY, 1, [...ipBytes(GROUP), 2, 125, 0, 3, 1, 2, 3, 4]),
    ],
    [
      "igmp-group",
      "about no group",
      igmp({ source: PEER_IP, destination: ALL_HOSTS }, QUERY, 1, [10, 0, 0, 9]),
    ],
    ["igmp-checksum", "with a bad checksum", query3("0.0.0.0", 100).fill(0xee, 34, 35)],
    ["igmp-type", "that is none", igmp({ source: PEER_IP, destination: ALL_HOSTS }, 0x99, 0, [0, 0, 0, 0])],
  ])("is dropped as %s %s", (reason, _, packet) => {
    const { machine } = member();
    machine.receiveIp(packet);
    machine.advance(20_000);
    expect(machine.sent).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
  });
});

describe("a querier of version 2 (RFC 3376 §7.2.1, RFC 2236)", () => {
  it("is answered in its version, group by group", () => {
    const { machine } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 10_000));
    expect(machine.eth0.igmp.version).toBe(2);
    machine.advance(10_000);
    expect(reports(machine)).toEqual([expect.stringContaining(` ${GROUP}: 16 ${GROUP}`)]);
    machine.receiveIp(oldQuery(GROUP, 1_000));
    machine.advance(1_000);
    expect(reports(machine)).toEqual([expect.stringContaining(` ${GROUP}: 16 ${GROUP}`)]);
  });

  it("is spared the report that another member gives", () => {
    const { machine } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 1_000));
    machine.advance(1_000);
    machine.sent.length = 0;
    machine.receiveIp(oldQuery(GROUP, 10_000));
    machine.receiveIp(igmp({ source: PEER_IP, destination: GROUP }, 0x16, 0, ipBytes(GROUP)));
    machine.advance(20_000);
    expect(machine.sent).toEqual([]);
  });

  it("is told of a leave, once, by who has reported last", () => {
    const { machine, socket } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 1_000));
    machine.advance(1_000);
    machine.sent.length = 0;
    socket.close();
    machine.advance(20_000);
    expect(reports(machine)).toEqual([`21000 224.0.0.2: 17 ${GROUP}`]);
  });

  it("is told of no leave by who has not", () => {
    const { machine, socket } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 1_000));
    machine.advance(1_000);
    machine.receiveIp(igmp({ source: PEER_IP, destination: GROUP }, 0x16, 0, ipBytes(GROUP)));
    machine.sent.length = 0;
    socket.close();
    machine.advance(20_000);
    expect(machine.sent).toEqual([]);
  });

  it("is told of a join twice, within ten seconds", () => {
    const { machine, socket } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 1_000));
    machine.advance(1_000);
    machine.sent.length = 0;
    socket.join!(OTHER);
    machine.advance(20_000);
    expect(reports(machine)).toEqual([
      `21000 ${OTHER}: 16 ${OTHER}`,
      expect.stringContaining(` ${OTHER}: 16 ${OTHER}`),
    ]);
  });

  it("is forgotten after twice its interval and the time for an answer", () => {
    const { machine } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 1_000));
    machine.advance(259_999);
    expect(machine.eth0.igmp.version).toBe(2);
    machine.receiveIp(query3("0.0.0.0", 100));
    machine.advance(500);
    expect(machine.eth0.igmp.version).toBe(3);
  });
});

describe("a querier of version 1 (RFC 3376 §7.2.1, RFC 1112)", () => {
  it("is answered in its version within ten seconds, and told of no leave", () => {
    const { machine, socket } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 0));
    expect(machine.eth0.igmp.version).toBe(1);
    machine.advance(10_000);
    expect(reports(machine)).toEqual([expect.stringContaining(` ${GROUP}: 12 ${GROUP}`)]);
    socket.close();
    machine.advance(20_000);
    expect(machine.sent).toEqual([]);
    expect(machine.stack.timers.size).toBe(0);
  });

  it("goes before one of version 2", () => {
    const { machine } = member();
    machine.receiveIp(oldQuery("0.0.0.0", 0));
    machine.receiveIp(oldQuery("0.0.0.0", 1_000));
    expect(machine.eth0.igmp.version).toBe(1);
  });
});

describe("what is sent to a group", () => {
  const fromPeer = udp({ source: PEER_IP, destination: GROUP }, 1000, 9, Buffer.from("hello"));

  it("reaches the socket that is in it", () => {
    const { machine, read } = member();
    machine.receiveIp(fromPeer, "01:00:5e:01:02:03");
    expect(read).toEqual(["hello"]);
    expect(machine.stack.counters.ipInMcastPkts).toBe(1);
  });

  it("reaches it though it is bound to an address", () => {
    const { machine, read } = member({ address: OWN_IP });
    machine.receiveIp(fromPeer, "01:00:5e:01:02:03");
    expect(read).toEqual(["hello"]);
  });

  it("reaches none that is not, and is not answered with an error", () => {
    const { machine, read } = member({ multicast: OTHER });
    new machine.stack.io.UDP({ multicast: GROUP });
    machine.advance(5_000);
    machine.sent.length = 0;
    machine.receiveIp(fromPeer, "01:00:5e:01:02:03");
    expect(read).toEqual([]);
    expect(machine.sent).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ "udp-no-port": 1 });
  });

  it("is not taken after the socket has left", () => {
    const { machine, socket, read } = member();
    socket.leave!(GROUP);
    machine.receiveIp(fromPeer, "01:00:5e:01:02:03");
    expect(read).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ "ipv4-not-for-us": 1 });
  });

  it("is heard by this host's own member as well, unless it is told not to", () => {
    const { machine, socket, read } = member();
    socket.write(Buffer.from("to all"), GROUP, 9);
    new machine.stack.io.UDP({ multicastLoop: false }).write(Buffer.from("to others"), GROUP, 9);
    machine.settle();
    expect(read).toEqual(["to all"]);
    expect(machine.sent.map(({ ttl, to, destination }) => [ttl, to, destination])).toEqual([
      [1, "01:00:5e:01:02:03", GROUP],
      [1, "01:00:5e:01:02:03", GROUP],
    ]);
  });

  it("goes as far as its TTL says, with 0 not even onto the link", () => {
    const { machine, read } = member();
    new machine.stack.io.UDP({ timeToLive: 0 }).write(Buffer.from("here"), GROUP, 9);
    new machine.stack.io.UDP({ timeToLive: 16 }).write(Buffer.from("far"), GROUP, 9);
    machine.settle();
    expect(machine.sent.map(({ ttl }) => ttl)).toEqual([16]);
    expect(read).toEqual(["here", "far"]);
  });

  it("is no reason to answer a ping (RFC 1122 §3.2.2.6)", () => {
    const { machine } = member();
    machine.receiveIp(icmp({ source: PEER_IP, destination: GROUP }, 8, 0, 0, Buffer.alloc(8)));
    expect(machine.sent).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ "icmpv4-echo-group": 1 });
  });
});

describe("the link's filter", () => {
  it("has the groups' MACs, and all hosts'", () => {
    const machine = new Machine();
    let filter: string[] = [];
    machine.link.setMulticastFilter = (groups) => (filter = groups.map((mac) => mac.toString()));
    machine.stack.attach(machine.link, { name: "eth0 again" });
    expect(filter).toEqual(["01:00:5E:00:00:01"]);
    const socket = new machine.stack.io.UDP({ multicast: GROUP });
    expect(filter).toEqual(["01:00:5E:00:00:01", "01:00:5E:01:02:03"]);
    socket.close();
    expect(filter).toEqual(["01:00:5E:00:00:01"]);
  });
});
