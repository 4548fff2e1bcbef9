import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Stack, StackInterface } from "../../../src/stack/index.js";
import { Nat, SimulatedRandom, type NatOptions } from "../../../simulator/index.js";
import { readRouterOptions } from "../../../simulator/router/options.js";
import { ethernet, icmp, ipv4, IPV4, tcp, udp, UDP } from "../../stack/support/build.js";

const A = "192.168.1.100";
const B = "192.168.1.101";
const OUTSIDE = "203.0.113.7";
const SERVER = "198.51.100.9";
const OTHER = "198.51.100.10";
const DATA = Buffer.from("data");
const [SYN, SYN_ACK, ACK, FIN, RST] = [0x02, 0x12, 0x10, 0x11, 0x04] as const;
const MINUTE = 60_000;

/** A translator that packets are handed to as the links do; the time is the test's. */
class Bench {
  now = 0;
  address: string | undefined = OUTSIDE;
  readonly nat: Nat;

  constructor(options: NatOptions = {}) {
    const read = () =>
      this.address && { address: Ipv4Address.parse(this.address), prefixLength: 24, dns: [] };
    const outside = Object.defineProperty({}, "ipv4", { get: read });
    const plan = readRouterOptions({
      networks: [],
      uplink: { on: undefined as never, address: "dhcp", nat: options },
    });
    const parts = {
      stack: {} as Stack,
      outside: outside as StackInterface,
      random: SimulatedRandom.fromSeed(1),
      clock: { now: () => this.now },
      forwards: plan.forwards,
    };
    this.nat = new Nat(parts, options);
  }

  out(packet: Uint8Array): string[] {
    return this.#through("outgoing", packet);
  }

  in(packet: Uint8Array): string[] {
    return this.#through("incoming", packet);
  }

  #through(way: "outgoing" | "incoming", packet: Uint8Array): string[] {
    const frame = ethernet("02:00:00:00:00:01", "02:00:00:00:00:02", IPV4, packet);
    const before = Buffer.from(frame);
    const passed: string[] = [];
    this.nat[way](frame, frame.length, (bytes, length) => passed.push(hex(bytes.subarray(14, length))));
    // The frame belongs to somebody else.
    expect(Buffer.from(frame)).toEqual(before);
    return passed;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function datagram(source: string, from: number, destination: string, to: number): Uint8Array {
  return udp({ source, destination }, from, to, DATA);
}

function segment(source: string, from: number, destination: string, to: number, flags: number): Uint8Array {
  const fields = { from, to, sequence: 1, acknowledgment: 2, flags, window: 3 };
  return tcp({ source, destination }, fields);
}

describe("mapping (RFC 4787 §4)", () => {
  it("keeps the port where it is free, whomever the host talks to", () => {
    const bench = new Bench();
    expect(bench.out(datagram(A, 5000, SERVER, 53))).toEqual([hex(datagram(OUTSIDE, 5000, SERVER, 53))]);
    expect(bench.out(datagram(A, 5000, OTHER, 99))).toEqual([hex(datagram(OUTSIDE, 5000, OTHER, 99))]);
    expect(bench.in(datagram(SERVER, 53, OUTSIDE, 5000))).toEqual([hex(datagram(SERVER, 53, A, 5000))]);
    expect(bench.nat.mappings).toEqual([
      { protocol: "udp", inside: `${A}:5000`, port: 5000, isForward: false },
    ]);
  });

  it.each([
    [5000, 1024, 65_535],
    [500, 1, 1023],
  ])("gives a second host that wants port %i another of the same range", (port, least, most) => {
    const bench = new Bench();
    bench.out(datagram(A, port, SERVER, 53));
    const [packet] = bench.out(datagram(B, port, SERVER, 53));
    const given = Buffer.from(packet!, "hex").readUInt16BE(20);
    expect(given).not.toBe(port);
    expect(given).toBeGreaterThanOrEqual(least);
    expect(given).toBeLessThanOrEqual(most);
    expect(packet).toBe(hex(datagram(OUTSIDE, given, SERVER, 53)));
    expect(bench.in(datagram(SERVER, 53, OUTSIDE, given))).toEqual([hex(datagram(SERVER, 53, B, port))]);
  });

  it("tells protocols apart", () => {
    const bench = new Bench();
    bench.out(datagram(A, 5000, SERVER, 53));
    expect(bench.out(segment(B, 5000, SERVER, 80, SYN))).toEqual([
      hex(segment(OUTSIDE, 5000, SERVER, 80, SYN)),
    ]);
  });

  it("keeps the router's own ports free of others", () => {
    const bench = new Bench();
    expect(bench.out(segment(OUTSIDE, 5000, SERVER, 80, SYN))).toHaveLength(1);
    const [packet] = bench.out(segment(A, 5000, SERVER, 80, SYN));
    expect(packet).not.toBe(hex(segment(OUTSIDE, 5000, SERVER, 80, SYN)));
    expect(bench.in(segment(SERVER, 80, OUTSIDE, 5000, SYN_ACK))).toEqual([
      hex(segment(SERVER, 80, OUTSIDE, 5000, SYN_ACK)),
    ]);
  });

  it("is over when the outside address changes", () => {
    const bench = new Bench();
    bench.out(datagram(A, 5000, SERVER, 53));
    bench.address = "203.0.113.8";
    expect(bench.in(datagram(SERVER, 53, "203.0.113.8", 5000))).toEqual([]);
    expect(bench.nat.sessions).toBe(0);
    bench.address = undefined;
    expect(bench.out(datagram(A, 5000, SERVER, 53))).toEqual([hex(datagram(A, 5000, SERVER, 53))]);
  });

  it("ends where the table is full, until something in it is over", () => {
    const bench = new Bench({ maxSessions: 2 });
    bench.out(datagram(A, 1111, SERVER, 53));
    bench.out(datagram(A, 2222, SERVER, 53));
    expect(bench.out(datagram(A, 3333, SERVER, 53))).toEqual([]);
    expect(bench.nat.drops).toEqual({ "table-full": 1 });
    bench.now = 6 * MINUTE;
    expect(bench.out(datagram(A, 3333, SERVER, 53))).toHaveLength(1);
    expect(bench.nat.sessions).toBe(1);
  });
});

describe("filtering (RFC 4787 §5)", () => {
  it.each([
    ["endpoint-independent", [true, true, true]],
    ["address-dependent", [true, true, false]],
    ["address-and-port-dependent", [true, false, false]],
  ] as const)("%s", (filtering, admitted) => {
    const bench = new Bench({ filtering });
    bench.out(datagram(A, 5000, SERVER, 53));
    const packets = [
      datagram(SERVER, 53, OUTSIDE, 5000),
      datagram(SERVER, 54, OUTSIDE, 5000),
      datagram(OTHER, 53, OUTSIDE, 5000),
    ];
    expect(packets.map((packet) => bench.in(packet).length === 1)).toEqual(admitted);
  });

  it("lets nothing in that nobody inside has begun", () => {
    const bench = new Bench();
    expect(bench.in(segment(SERVER, 80, OUTSIDE, 5000, SYN))).toEqual([]);
    expect(bench.in(datagram(SERVER, 80, A, 5000))).toEqual([]);
    expect(
      bench.in(ipv4({ source: SERVER, destination: OUTSIDE, protocol: 47 }, DATA.subarray(0, 4))),
    ).toEqual([]);
    expect(bench.out(ipv4({ source: A, destination: SERVER, protocol: 47 }, Buffer.alloc(12)))).toEqual([]);
    expect(bench.nat.drops).toEqual({ unsolicited: 1, "not-for-outside": 1, protocol: 2 });
  });

  it("leaves the router its pings and its DHCP", () => {
    const bench = new Bench();
    const echo = icmp({ source: SERVER, destination: OUTSIDE }, 8, 0, 0x0001_0001, DATA);
    expect(bench.in(echo)).toEqual([hex(echo)]);
    const offer = datagram(SERVER, 67, "203.0.113.99", 68);
    expect(bench.in(offer)).toEqual([hex(offer)]);
    const reply = icmp({ source: OUTSIDE, destination: SERVER }, 0, 0, 0x0001_0001, DATA);
    expect(bench.out(reply)).toEqual([hex(reply)]);
  });

  it("forwards a port to an inside host", () => {
    const bench = new Bench({ forwards: [{ port: 8080, to: `${A}:80` }] });
    expect(bench.in(segment(SERVER, 1234, OUTSIDE, 8080, SYN))).toEqual([
      hex(segment(SERVER, 1234, A, 80, SYN)),
    ]);
    expect(bench.out(segment(A, 80, SERVER, 1234, SYN_ACK))).toEqual([
      hex(segment(OUTSIDE, 8080, SERVER, 1234, SYN_ACK)),
    ]);
    bench.now = 1e9;
    expect(bench.in(segment(SERVER, 1234, OUTSIDE, 8080, ACK))).toHaveLength(1);
  });

  it.each([
    [
      [
        { port: 80, to: `${A}:80` },
        { port: 80, to: `${B}:80` },
      ],
      "forwarded already",
    ],
    [[{ port: 0, to: `${A}:80` }], "want ports"],
    [[{ port: 80, to: A }], A],
  ])("refuses forwards that make no sense: %j", (forwards, message) => {
    expect(() => new Bench({ forwards })).toThrow(message);
  });
});

describe("time (RFC 4787 §4.3, RFC 5382 §5, RFC 7857 §2)", () => {
  it("keeps a session of UDP for five minutes after the last packet from inside", () => {
    const bench = new Bench();
    bench.out(datagram(A, 5000, SERVER, 53));
    bench.now = 4 * MINUTE;
    bench.out(datagram(A, 5000, SERVER, 53));
    bench.now = 9 * MINUTE - 1;
    expect(bench.in(datagram(SERVER, 53, OUTSIDE, 5000))).toHaveLength(1);
    bench.now++;
    expect(bench.in(datagram(SERVER, 53, OUTSIDE, 5000))).toEqual([]);
  });

  const open = [SYN, SYN_ACK, ACK] as const;
  it.each([
    ["that nobody has answered", [SYN], 4],
    ["that is open", open, 124],
    ["that one side has closed", [...open, FIN], 124],
    ["that both have closed", [...open, FIN, -FIN], 4],
    ["that was reset", [...open, RST], 4],
    ["that was opened anew after it was reset", [...open, RST, ...open], 124],
    ["that was open before the router was", [ACK], 124],
  ])("keeps a TCP connection %s", (_, flags, minutes) => {
    const bench = new Bench();
    for (const each of flags) {
      const isInbound = each === SYN_ACK || each < 0;
      if (isInbound) bench.in(segment(SERVER, 80, OUTSIDE, 5000, Math.abs(each)));
      else bench.out(segment(A, 5000, SERVER, 80, each));
    }
    const answer = segment(SERVER, 80, OUTSIDE, 5000, ACK);
    bench.now = minutes * MINUTE;
    expect(bench.in(answer)).toEqual([]);
    expect(bench.nat.sessions).toBe(0);
  });

  it("begins none with a reset", () => {
    const bench = new Bench();
    expect(bench.out(segment(A, 5000, SERVER, 80, RST))).toEqual([]);
  });
});

describe("ICMP (RFC 5508)", () => {
  it("maps an echo by its identifier", () => {
    const bench = new Bench();
    bench.out(icmp({ source: A, destination: SERVER }, 8, 0, 0x0007_0001, DATA));
    const [echo] = bench.out(icmp({ source: B, destination: SERVER }, 8, 0, 0x0007_0001, DATA));
    const identifier = Buffer.from(echo!, "hex").readUInt16BE(24);
    expect(identifier).not.toBe(7);
    const reply = icmp({ source: SERVER, destination: OUTSIDE }, 0, 0, identifier * 0x1_0000 + 1, DATA);
    expect(bench.in(reply)).toEqual([hex(icmp({ source: SERVER, destination: B }, 0, 0, 0x0007_0001, DATA))]);
  });

  it("hands an error from outside to the host whose packet it quotes, and ends nothing", () => {
    const bench = new Bench();
    const router = "198.51.100.1";
    bench.out(datagram(A, 6000, OTHER, 9));
    bench.out(datagram(B, 6000, SERVER, 53));
    const { port } = bench.nat.mappings[1]!;
    const error = (to: string, quoted: Uint8Array): Uint8Array =>
      icmp({ source: router, destination: to }, 3, 1, 0, quoted);
    expect(bench.in(error(OUTSIDE, datagram(OUTSIDE, port, SERVER, 53)))).toEqual([
      hex(error(B, datagram(B, 6000, SERVER, 53))),
    ]);
    expect(bench.in(datagram(SERVER, 53, OUTSIDE, port))).toHaveLength(1);
    expect(bench.in(error(OUTSIDE, datagram(OUTSIDE, 7777, SERVER, 53)))).toEqual([]);
    expect(bench.nat.drops).toEqual({ "no-session": 1 });
  });

  it("shows those outside an error about a packet that they know", () => {
    const bench = new Bench();
    bench.out(datagram(A, 6000, OTHER, 9));
    bench.out(datagram(B, 6000, SERVER, 53));
    const { port } = bench.nat.mappings[1]!;
    const error = (from: string, quoted: Uint8Array): Uint8Array =>
      icmp({ source: from, destination: SERVER }, 3, 3, 0, quoted);
    expect(bench.out(error(B, datagram(SERVER, 53, B, 6000)))).toEqual([
      hex(error(OUTSIDE, datagram(SERVER, 53, OUTSIDE, port))),
    ]);
    expect(bench.out(error(B, datagram(SERVER, 53, B, 7777)))).toEqual([]);
  });
});

describe("fragments (RFC 4787 §12)", () => {
  const whole = (source: string, from: number, destination: string, to: number): Uint8Array =>
    udp({ source, destination }, from, to, Buffer.alloc(40, 7)).subarray(20);
  /** Three fragments of 16 bytes each, 0 1 2. */
  function fragments(source: string, from: number, destination: string, to: number): Uint8Array[] {
    const bytes = whole(source, from, destination, to);
    return [0, 1, 2].map((index) =>
      ipv4(
        { source, destination, protocol: UDP, fragment: (index < 2 ? 0x2000 : 0) | (index * 2) },
        bytes.subarray(index * 16, index * 16 + 16),
      ),
    );
  }

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 0, 2]]])(
    "go where their first one goes, in whatever order: %j",
    (order) => {
      const bench = new Bench();
      bench.out(datagram(A, 5000, OTHER, 1));
      const sent = fragments(B, 5000, SERVER, 53);
      const passed = order.flatMap((index) => bench.out(sent[index]!));
      const { port } = bench.nat.mappings[1]!;
      expect(passed.sort()).toEqual(fragments(OUTSIDE, port, SERVER, 53).map(hex).sort());
      const answer = fragments(SERVER, 53, OUTSIDE, port);
      const entered = order.flatMap((index) => bench.in(answer[index]!));
      expect(entered.sort()).toEqual(fragments(SERVER, 53, B, 5000).map(hex).sort());
    },
  );

  it("that wait for a first one that never comes are forgotten", () => {
    const bench = new Bench();
    const later = fragments(A, 5000, SERVER, 53)[1]!;
    for (let count = 0; count < 65; count++) expect(bench.out(later)).toEqual([]);
    expect(bench.nat.drops).toEqual({ fragment: 1 });
    bench.now = 30_000;
    expect(bench.out(fragments(A, 5000, SERVER, 53)[0]!)).toHaveLength(1);
    expect(bench.out(later)).toHaveLength(1);
  });
});
