import { describe, expect, it } from "@jest/globals";
import type { Udp, UdpOptions } from "../../../src/host/index.js";
import { Stack, UDP_PROFILES } from "../../../src/stack/index.js";
import { BROADCAST, IPV4, ethernet, ipv4, udp } from "../support/build.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC } from "../support/machine.js";

const { maxDatagrams, receiveBuffer } = UDP_PROFILES.host;
const FROM_PEER = { source: PEER_IP, destination: OWN_IP };

function hello(text = "hello", to = 9): Uint8Array {
  return udp(FROM_PEER, 1000, to, Buffer.from(text));
}

/** A socket on port 9 that keeps what it is told. */
function listening(options: UdpOptions = {}): { machine: Machine; socket: Udp; heard: string[] } {
  const machine = new Machine();
  const heard: string[] = [];
  const socket = new machine.stack.io.UDP({
    port: 9,
    onReadable: (count) => heard.push(`readable ${count}`),
    onError: (error) => heard.push(String(error)),
    ...options,
  });
  return { machine, socket, heard };
}

describe("receiving", () => {
  it("gives the datagram and where it came from", () => {
    const { machine, socket, heard } = listening();
    machine.receiveIp(hello());
    expect(heard).toEqual(["readable 1"]);
    const datagram = socket.read()!;
    expect(datagram).toBeInstanceOf(ArrayBuffer);
    expect(Buffer.from(datagram).toString()).toBe("hello");
    expect(datagram).toMatchObject({ address: PEER_IP, port: 1000, byteLength: 5 });
    expect(socket.read()).toBeUndefined();
    expect(machine.stack.counters.udpInDatagrams).toBe(1);
  });

  it("keeps datagrams apart, the empty one too", () => {
    const { machine, socket } = listening();
    for (const text of ["one", "", "three"]) machine.receiveIp(hello(text));
    expect([1, 2, 3].map(() => Buffer.from(socket.read()!).toString())).toEqual(["one", "", "three"]);
  });

  it("takes a copy: the frame is only borrowed", () => {
    const { machine, socket } = listening();
    const frame = ethernet(OWN_MAC, PEER_MAC, IPV4, hello());
    machine.receive(frame);
    frame.fill(0);
    expect(Buffer.from(socket.read()!).toString()).toBe("hello");
  });

  it("does not sum up a broadcast that no socket here waits for", () => {
    const { machine } = listening();
    const broadcast = udp(
      { source: PEER_IP, destination: "255.255.255.255" },
      68,
      67,
      Buffer.from("DISCOVER"),
    );
    broadcast[26]! ^= 1;
    machine.receive(ethernet(BROADCAST, PEER_MAC, IPV4, broadcast));
    expect(machine.stack.counters.drops).toEqual({ "udp-no-port": 1 });
    expect(machine.sent).toEqual([]);
  });

  it("believes a datagram without checksum (RFC 768), but not one with a bad one", () => {
    const { machine, socket } = listening();
    const without = Buffer.from(hello());
    without.writeUInt16BE(0, 26);
    machine.receiveIp(without);
    expect(socket.read()).toBeDefined();
    without.writeUInt16BE(1, 26);
    machine.receiveIp(without);
    expect(socket.read()).toBeUndefined();
    expect(machine.stack.counters.drops).toEqual({ "udp-checksum": 1 });
  });

  it("takes the UDP length for the datagram's, whatever the packet's", () => {
    const { machine, socket } = listening();
    const datagram = hello().subarray(20);
    machine.receiveIp(ipv4({ ...FROM_PEER, protocol: 17 }, Buffer.concat([datagram, Buffer.alloc(7)])));
    expect(socket.read()!.byteLength).toBe(5);
  });

  it.each([
    [7, "udp-length"],
    [14, "udp-length"],
  ])("refuses a length field of %i for 13 bytes: %s", (length, reason) => {
    const { machine, socket } = listening();
    const packet = Buffer.from(hello());
    packet.writeUInt16BE(length, 24);
    machine.receiveIp(packet);
    expect(socket.read()).toBeUndefined();
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
  });

  it("bounds the datagrams that wait", () => {
    const { machine, socket } = listening();
    for (let i = 0; i < maxDatagrams + 3; i++) machine.receiveIp(hello(String(i)));
    expect(machine.stack.counters.drops).toEqual({ "udp-queue-full": 3 });
    expect(Buffer.from(socket.read()!).toString()).toBe("0");
    machine.receiveIp(hello("room again"));
    expect(machine.stack.counters.drops).toEqual({ "udp-queue-full": 3 });
  });

  it("bounds their bytes as well", () => {
    const { machine } = listening();
    const fit = Math.floor(receiveBuffer / 1400);
    for (let i = 0; i < fit + 2; i++) machine.receiveIp(hello("x".repeat(1400)));
    expect(machine.stack.counters.drops).toEqual({ "udp-queue-full": 2 });
  });

  it.each([{ receiveBuffer: 0 }, { receiveBuffer: 1.5 }, { maxDatagrams: 0 }, { maxDatagrams: -1 }])(
    "refuses the bound %j",
    (udp) => {
      expect(() => new Stack({ random: { uint32: () => 7 }, udp })).toThrow(
        /create stack: udp\.\w+ must be 1 to .*\(EINVAL\)/,
      );
    },
  );

  it("tells once of what has come by the next poll", () => {
    const { machine, heard } = listening();
    machine.whileNotPolled(() => {
      for (let i = 0; i < 3; i++) machine.receiveIp(hello());
    });
    expect(heard).toEqual(["readable 3"]);
  });

  it("is for the bound address only", () => {
    const { machine, socket } = listening({ address: OWN_IP });
    machine.receiveIp(udp({ source: PEER_IP, destination: "255.255.255.255" }, 1, 9, Buffer.from("all")));
    expect(socket.read()).toBeUndefined();
    machine.receiveIp(hello());
    expect(socket.read()).toBeDefined();
  });
});

describe("sending", () => {
  it("sends one datagram, from the socket's port", () => {
    const { machine, socket } = listening();
    socket.write(Buffer.from("question"), PEER_IP, 53);
    machine.settle();
    expect(
      machine.sent.map(({ source, destination, udp: sent }) => ({ source, destination, ...sent })),
    ).toEqual([{ source: OWN_IP, destination: PEER_IP, from: 9, to: 53, data: Buffer.from("question") }]);
  });

  it("sends a checksum of zero as ones (RFC 768)", () => {
    const { machine, socket } = listening();
    socket.write(Buffer.from([0, 0]), PEER_IP, 53);
    machine.settle();
    const checksum = machine.sent[0]!.bytes.subarray(40, 42);
    // The same with the two bytes that make the sum all ones.
    socket.write(checksum, PEER_IP, 53);
    expect([...machine.sent[1]!.bytes.subarray(40, 42)]).toEqual([0xff, 0xff]);
  });

  it("takes 1,472 bytes in one Ethernet packet, and 65,507 in all", () => {
    const { machine, socket } = listening();
    socket.write(Buffer.alloc(1472, 7), PEER_IP, 53);
    machine.settle();
    expect(machine.sent[0]!.bytes.length).toBe(1514);
    expect(() => socket.write(Buffer.alloc(65_508), PEER_IP, 53)).toThrow(
      /65508 bytes are more than.*EMSGSIZE/,
    );
  });

  it.each([
    ["no address", "10.0.0", 53, /EINVAL/],
    ["port 0", PEER_IP, 0, /EINVAL/],
    ["no port", PEER_IP, 65_536, /EINVAL/],
    ["no route", "8.8.8.8", 53, /ENETUNREACH/],
    ["IPv6, for now", "fe80::1", 53, /ENETUNREACH/],
  ])("fails with %s", (_, address, port, error) => {
    const { socket } = listening();
    expect(() => socket.write(Buffer.from("x"), address, port)).toThrow(error);
  });
});

describe("ports", () => {
  it("belong to one socket at a time", () => {
    const { machine, socket } = listening();
    expect(() => new machine.stack.io.UDP({ port: 9 })).toThrow(/port 9.*EADDRINUSE/);
    socket.close();
    expect(new machine.stack.io.UDP({ port: 9 }).port).toBe(9);
  });

  it("are picked where none is named, all different", () => {
    const { UDP } = new Machine().stack.io;
    const ports = Array.from({ length: 50 }, () => new UDP({}).port!);
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(49_152);
  });

  it.each([-1, 65_536, 1.5, Number.NaN])("are refused where there is no such port: %d", (port) => {
    const { UDP } = new Machine().stack.io;
    expect(() => new UDP({ port })).toThrow(/EINVAL/);
  });
});

describe("a closed socket", () => {
  it("refuses everything, is told nothing, and can be closed again", () => {
    const { machine, socket, heard } = listening();
    machine.whileNotPolled(() => {
      machine.receiveIp(hello());
      socket.close();
    });
    expect(heard).toEqual([]);
    expect(() => socket.read()).toThrow(/EBADF/);
    expect(() => socket.write(Buffer.from("x"), PEER_IP, 9)).toThrow(/EBADF/);
    socket.close();
    machine.receiveIp(hello());
    expect(machine.stack.counters.drops).toEqual({ "udp-no-port": 1 });
  });
});
