import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import { MAX_NEIGHBORS, MAX_WAITING_BYTES, WAITING_FRAME_COST } from "../../../src/stack/neighbor/cache.js";
import { ARP, BROADCAST, arp, ethernet } from "../support/build.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC, type MachineOptions } from "../support/machine.js";

const OTHER_IP = "10.0.0.8";
const OTHER_MAC = "02:00:00:00:00:08";

/** A machine whose neighbors say nothing until the test lets them. */
function lonely(options: MachineOptions = {}): Machine {
  const machine = new Machine(options);
  machine.neighbors.clear();
  return machine;
}

function sendsTo(machine: Machine, address: string, text = "x"): void {
  const socket = new machine.stack.io.UDP({});
  socket.write(Buffer.from(text), address, 9);
  socket.close();
  machine.settle();
}

/** What has been sent, as "time: what to whom". */
function heard(machine: Machine): string[] {
  return machine.sent.splice(0).map(({ time, to, arp: packet, udp }) => {
    if (packet === undefined) return `${time}: ${Buffer.from(udp!.data).toString()} to ${to}`;
    return `${time}: ${packet.operation === 1 ? "who has" : "reply to"} ${packet.targetIp}, to ${to}`;
  });
}

function says(
  machine: Machine,
  operation: 1 | 2,
  senderIp: string,
  senderMac: string,
  targetIp: string,
): void {
  const packet = arp({ operation, senderIp, senderMac, targetIp });
  machine.receive(ethernet(operation === 1 ? BROADCAST : OWN_MAC, senderMac, ARP, packet));
}

describe("an address that is not resolved (RFC 1122 §2.3.2)", () => {
  it("is asked for, and the packet waits for the answer", () => {
    const machine = lonely();
    sendsTo(machine, PEER_IP, "first");
    expect(heard(machine)).toEqual([`0: who has ${PEER_IP}, to ${BROADCAST}`]);
    machine.advance(5);
    says(machine, 2, PEER_IP, PEER_MAC, OWN_IP);
    expect(heard(machine)).toEqual([`5: first to ${PEER_MAC}`]);
    sendsTo(machine, PEER_IP, "second");
    expect(heard(machine)).toEqual([`5: second to ${PEER_MAC}`]);
  });

  it("keeps the last packets, in order, as far as they fit", () => {
    const machine = lonely({ profile: "device" });
    const cost = 43 + WAITING_FRAME_COST;
    const fit = Math.floor(MAX_WAITING_BYTES.device / cost);
    const texts = Array.from({ length: fit + 2 }, (_, i) => String(i % 10));
    for (const text of texts) sendsTo(machine, PEER_IP, text);
    heard(machine);
    says(machine, 2, PEER_IP, PEER_MAC, OWN_IP);
    expect(heard(machine)).toEqual(texts.slice(2).map((text) => `0: ${text} to ${PEER_MAC}`));
    expect(machine.stack.counters.drops).toEqual({ "neighbor-queue-full": 2 });
  });

  it("keeps the largest datagram, all its fragments", () => {
    const machine = lonely();
    const socket = new machine.stack.io.UDP({});
    socket.write(Buffer.alloc(65_507), PEER_IP, 9);
    machine.settle();
    machine.sent.length = 0;
    says(machine, 2, PEER_IP, PEER_MAC, OWN_IP);
    expect(machine.sent.map(({ fragment }) => fragment!.offset)).toEqual(
      Array.from({ length: 45 }, (_, i) => 1480 * i),
    );
    expect(machine.stack.counters.drops).toEqual({});
  });

  it("is asked for a second apart however long the host has slept before", () => {
    const machine = lonely();
    machine.now = 60_000;
    const socket = new machine.stack.io.UDP({});
    socket.write(Buffer.from("x"), PEER_IP, 9);
    machine.settle();
    machine.advance(5_000);
    const times = machine.sent.filter(({ arp: packet }) => packet !== undefined).map(({ time }) => time);
    expect(times).toEqual([60_000, 61_000, 62_000]);
  });

  it("makes UDP sockets that have written to it fail with EHOSTUNREACH", () => {
    const machine = lonely();
    const errors: string[] = [];
    const socket = new machine.stack.io.UDP({
      onError: (error) => errors.push(`${machine.now}: ${String(error)}`),
    });
    socket.write(Buffer.from("x"), PEER_IP, 9);
    machine.advance(10_000);
    expect(errors).toEqual([expect.stringMatching(/^3000: .*10\.0\.0\.9:9.*EHOSTUNREACH/)]);
  });

  it("is asked for three times, a second apart; then what waits is dropped", () => {
    const machine = lonely();
    sendsTo(machine, PEER_IP, "1");
    sendsTo(machine, PEER_IP, "2");
    machine.advance(2_999);
    expect(heard(machine)).toEqual([0, 1000, 2000].map((at) => `${at}: who has ${PEER_IP}, to ${BROADCAST}`));
    expect(machine.stack.counters.drops).toEqual({});
    machine.advance(1);
    expect(machine.stack.counters.drops).toEqual({ "neighbor-unreachable": 2 });
    expect(machine.stack.timers.size).toBe(0);
    sendsTo(machine, PEER_IP, "3");
    expect(heard(machine)).toEqual([`3000: who has ${PEER_IP}, to ${BROADCAST}`]);
  });

  it("is still waited for when the address is given back: the last words may be a RELEASE", () => {
    const machine = lonely();
    sendsTo(machine, PEER_IP, "bye");
    machine.eth0.configure(undefined);
    heard(machine);
    expect(machine.eth0.neighbors.waitingFrames).toBe(1);
    says(machine, 2, PEER_IP, PEER_MAC, OWN_IP);
    expect(heard(machine)).toEqual([`0: bye to ${PEER_MAC}`]);
    expect(machine.eth0.neighbors.waitingFrames).toBe(0);
  });

  it("delays nobody else's packets", () => {
    const machine = lonely();
    sendsTo(machine, PEER_IP);
    says(machine, 1, OTHER_IP, OTHER_MAC, OWN_IP);
    heard(machine);
    sendsTo(machine, OTHER_IP, "hello");
    expect(heard(machine)).toEqual([`0: hello to ${OTHER_MAC}`]);
  });

  it("makes connections that are being opened fail with EHOSTUNREACH", () => {
    const machine = lonely();
    const errors: string[] = [];
    new machine.stack.io.TCP({
      address: PEER_IP,
      port: 80,
      onError: (error) => errors.push(`${machine.now}: ${String(error)}`),
    });
    machine.settle();
    machine.advance(10_000);
    expect(errors).toEqual([expect.stringMatching(/^3000: .*10\.0\.0\.9:80.*EHOSTUNREACH/)]);
    expect(machine.stack.timers.size).toBe(0);
  });
});

describe("an entry", () => {
  function acquainted(): Machine {
    const machine = lonely();
    says(machine, 1, PEER_IP, PEER_MAC, OWN_IP);
    heard(machine);
    return machine;
  }

  it("is used after 30 s while its owner is asked whether it still is one", () => {
    const machine = acquainted();
    machine.advance(30_000);
    expect(machine.stack.timers.size).toBe(0);
    sendsTo(machine, PEER_IP, "still there?");
    expect(heard(machine)).toEqual([
      `30000: still there? to ${PEER_MAC}`,
      `30000: who has ${PEER_IP}, to ${PEER_MAC}`,
    ]);
    says(machine, 2, PEER_IP, PEER_MAC, OWN_IP);
    sendsTo(machine, PEER_IP, "good");
    expect(heard(machine)).toEqual([`30000: good to ${PEER_MAC}`]);
  });

  it("is forgotten if its owner does not answer", () => {
    const machine = acquainted();
    machine.advance(30_000);
    sendsTo(machine, PEER_IP);
    machine.advance(3_000);
    heard(machine);
    sendsTo(machine, PEER_IP);
    expect(heard(machine)).toEqual([`33000: who has ${PEER_IP}, to ${BROADCAST}`]);
  });

  it("follows its owner to another MAC (RFC 826)", () => {
    const machine = acquainted();
    says(machine, 1, PEER_IP, OTHER_MAC, PEER_IP);
    sendsTo(machine, PEER_IP);
    expect(heard(machine)).toEqual([`0: x to ${OTHER_MAC}`]);
  });

  it("is not made of what others say to each other", () => {
    const machine = acquainted();
    says(machine, 1, OTHER_IP, OTHER_MAC, "10.0.0.77");
    expect(machine.eth0.neighbors.size).toBe(1);
  });

  it("is not made of claims to this host's own address, or of nonsense MACs", () => {
    const machine = acquainted();
    says(machine, 1, OWN_IP, OTHER_MAC, OWN_IP);
    says(machine, 1, OTHER_IP, BROADCAST, OWN_IP);
    says(machine, 1, OTHER_IP, OWN_MAC, OWN_IP);
    expect(machine.eth0.neighbors.size).toBe(1);
  });

  it("goes with the link, and with the address", () => {
    const machine = acquainted();
    machine.link.up = false;
    machine.link.onLinkChange?.();
    expect(machine.eth0.neighbors.size).toBe(0);
    machine.link.up = true;
    says(machine, 1, PEER_IP, PEER_MAC, OWN_IP);
    expect(machine.eth0.neighbors.size).toBe(1);
    machine.eth0.configure({ address: Ipv4Address.parse("10.0.0.2"), prefixLength: 24, dns: [] });
    expect(machine.eth0.neighbors.size).toBe(0);
  });

  it("makes room for another one at the limit, the oldest first that waits for nothing", () => {
    const machine = lonely({ profile: "device" });
    sendsTo(machine, "10.0.0.200");
    for (let i = 1; i <= MAX_NEIGHBORS.device; i++) says(machine, 1, `10.0.0.${100 + i}`, PEER_MAC, OWN_IP);
    expect(machine.eth0.neighbors.size).toBe(MAX_NEIGHBORS.device);
    const lookup = (text: string) => machine.eth0.neighbors.lookup(Ipv4Address.parse(text));
    expect(lookup("10.0.0.200")?.state).toBe("incomplete");
    expect(lookup("10.0.0.101")).toBeUndefined();
    expect(lookup("10.0.0.102")?.state).toBe("reachable");
  });
});

describe("a cache that is full of addresses that nobody has (RFC 6583)", () => {
  it("keeps the neighbors that are there", () => {
    const machine = lonely({ profile: "device" });
    for (let i = 1; i <= 20; i++) says(machine, 1, `10.0.0.${200 + i}`, PEER_MAC, OWN_IP);
    for (let i = 1; i <= 2 * MAX_NEIGHBORS.device; i++) sendsTo(machine, `10.0.0.${10 + i}`);
    const known = [...machine.eth0.neighbors.entries()].filter(({ state }) => state === "reachable");
    expect(known).toHaveLength(20);
    expect(machine.eth0.neighbors.size).toBe(MAX_NEIGHBORS.device);
  });
});

describe("ARP requests (RFC 826)", () => {
  it("are answered for this host's address, to whoever asks", () => {
    const machine = lonely();
    says(machine, 1, PEER_IP, PEER_MAC, OWN_IP);
    expect(machine.sent.map((frame) => ({ to: frame.to, arp: frame.arp }))).toEqual([
      {
        to: PEER_MAC,
        arp: { operation: 2, senderMac: OWN_MAC, senderIp: OWN_IP, targetMac: PEER_MAC, targetIp: PEER_IP },
      },
    ]);
  });

  it("are answered to one who probes it (RFC 5227 §2.1.1), without an entry", () => {
    const machine = lonely();
    says(machine, 1, "0.0.0.0", PEER_MAC, OWN_IP);
    expect(heard(machine)).toEqual([`0: reply to 0.0.0.0, to ${PEER_MAC}`]);
    expect(machine.eth0.neighbors.size).toBe(0);
  });

  it("and their answers are heard by all where the sender is link-local (RFC 3927 §2.5)", () => {
    const machine = lonely();
    const [own, peer] = ["169.254.7.1", "169.254.7.2"];
    machine.eth0.configure({ address: Ipv4Address.parse(own), prefixLength: 16, dns: [] });
    says(machine, 1, peer, PEER_MAC, own);
    machine.advance(30_000);
    sendsTo(machine, peer, "still there?");
    expect(heard(machine)).toEqual([
      `0: reply to ${peer}, to ${BROADCAST}`,
      `30000: still there? to ${PEER_MAC}`,
      `30000: who has ${peer}, to ${BROADCAST}`,
    ]);
  });

  it("are not answered for other addresses, nor without an own one", () => {
    const machine = lonely();
    says(machine, 1, PEER_IP, PEER_MAC, "10.0.0.2");
    machine.eth0.configure(undefined);
    says(machine, 1, PEER_IP, PEER_MAC, OWN_IP);
    expect(heard(machine)).toEqual([]);
  });

  it.each<[string, (packet: Uint8Array) => Uint8Array]>([
    ["arp-truncated", (packet) => packet.subarray(0, 27)],
    ["arp-unsupported", (packet) => packet.fill(6, 1, 2)],
    ["arp-unsupported", (packet) => packet.fill(8, 4, 5)],
    ["arp-operation", (packet) => packet.fill(3, 7, 8)],
  ])("are counted as %s where they cannot be read", (reason, spoil) => {
    const machine = lonely();
    const packet = arp({ operation: 1, senderIp: PEER_IP, senderMac: PEER_MAC, targetIp: OWN_IP });
    machine.receive(ethernet(BROADCAST, PEER_MAC, ARP, spoil(packet)));
    expect(heard(machine)).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
  });
});
