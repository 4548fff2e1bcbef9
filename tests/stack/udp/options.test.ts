import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../../src/address/index.js";
import type { UdpOptions } from "../../../src/host/index.js";
import { icmp, udp } from "../support/build.js";
import { Machine, OWN_IP, PEER_IP } from "../support/machine.js";

const DATA = Buffer.from("x");

function sends(options: UdpOptions, destination = PEER_IP): Machine {
  const machine = new Machine();
  new machine.stack.io.UDP(options).write(DATA, destination, 9);
  machine.settle();
  return machine;
}

describe("the packets of a UDP socket", () => {
  it.each<[string, UdpOptions, string, number, number]>([
    ["by default", {}, PEER_IP, 64, 0],
    ["with a TTL", { unicastTimeToLive: 3 }, PEER_IP, 3, 0],
    ["with a TTL for groups, to a host", { timeToLive: 7 }, PEER_IP, 64, 0],
    ["with a TTL for groups, to a group", { timeToLive: 7 }, "239.1.2.3", 7, 0],
    ["with a DSCP", { dscp: 46 }, PEER_IP, 64, 0xb8],
  ])("carry what the socket was made with: %s", (_, options, destination, ttl, tos) => {
    expect(sends(options, destination).sent).toMatchObject([{ ttl, tos }]);
  });

  it.each<UdpOptions>([
    { dscp: 64 },
    { dscp: -1 },
    { dscp: 0.5 },
    { timeToLive: 256 },
    { unicastTimeToLive: 0 },
    { multicast: "10.0.0.9" },
  ])("cannot carry %j", (options) => {
    const machine = new Machine();
    expect(() => new machine.stack.io.UDP({ port: 9, ...options })).toThrow(/EINVAL/);
    expect(new machine.stack.io.UDP({ port: 9 }).port).toBe(9);
  });
});

describe("broadcast", () => {
  it.each(["255.255.255.255", "10.0.0.255"])("to %s must be asked for, as POSIX has it", (destination) => {
    expect(() => sends({}, destination)).toThrow(/option broadcast.*EACCES/);
    const { sent, stack } = sends({ broadcast: true }, destination);
    expect(sent).toMatchObject([{ to: "ff:ff:ff:ff:ff:ff", destination, source: OWN_IP }]);
    expect(stack.counters.ipOutBcastPkts).toBe(1);
  });
});

describe("a path that carries less than the link (RFC 1191)", () => {
  const UNREACHABLE = 3;
  const FRAGMENTATION_NEEDED = 4;

  /** A router cannot forward what was sent last. */
  function tooBig(machine: Machine, mtu: number): void {
    const { bytes } = machine.sent.splice(0)[0]!;
    machine.receiveIp(
      icmp(
        { source: PEER_IP, destination: OWN_IP },
        UNREACHABLE,
        FRAGMENTATION_NEEDED,
        mtu,
        bytes.subarray(14, 14 + 28),
      ),
    );
  }

  function sending(size: number): { machine: Machine; errors: string[]; write: () => void } {
    const machine = new Machine();
    const errors: string[] = [];
    const socket = new machine.stack.io.UDP({ onError: (error) => errors.push(String(error)) });
    const write = (): void => {
      socket.write(Buffer.alloc(size), PEER_IP, 9);
      machine.settle();
    };
    write();
    return { machine, errors, write };
  }

  /** The lengths of the packets sent, without Ethernet's header. */
  const lengths = ({ sent }: Machine): number[] => sent.splice(0).map(({ bytes }) => bytes.length - 14);

  it("is told as EMSGSIZE; then datagrams go in fragments that fit, for ten minutes", () => {
    const { machine, errors, write } = sending(1472);
    expect(machine.sent[0]!.df).toBe(true);
    tooBig(machine, 1000);
    expect(errors).toEqual([expect.stringMatching(/10\.0\.0\.9:9.*1000 bytes.*EMSGSIZE/)]);
    write();
    expect(machine.sent.every(({ df }) => df === false)).toBe(true);
    expect(lengths(machine)).toEqual([996, 524]);
    machine.advance(600_000);
    machine.stack.wake();
    machine.settle();
    write();
    expect(machine.sent.at(-1)!.bytes.length).toBe(1514);
  });

  it("is guessed where the router does not say it (§7.1), and never believed to be tiny", () => {
    const { machine, write } = sending(1472);
    tooBig(machine, 0);
    write();
    expect(lengths(machine)[0]).toBe(1492);
    const other = sending(1472);
    tooBig(other.machine, 68);
    other.write();
    expect(lengths(other.machine)[0]).toBe(548);
  });

  it("is not believed from who does not know what was sent, or says nothing new", () => {
    const { machine, errors, write } = sending(100);
    tooBig(machine, 1000);
    write();
    expect(lengths(machine)).toEqual([128]);
    const forged = udp({ source: OWN_IP, destination: PEER_IP }, 5, 9, Buffer.alloc(1472));
    machine.receiveIp(
      icmp(
        { source: PEER_IP, destination: OWN_IP },
        UNREACHABLE,
        FRAGMENTATION_NEEDED,
        600,
        forged.subarray(0, 28),
      ),
    );
    expect(machine.stack.ip.path(Ipv4Address.parse(PEER_IP))!.mtu).toBe(1500);
    expect(errors).toEqual([]);
  });
});
