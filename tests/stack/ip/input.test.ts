import { describe, expect, it } from "@jest/globals";
import { BROADCAST, IPV4, ethernet, ipv4, udp } from "../support/build.js";
import { internetChecksum } from "../support/checksum.js";
import { Machine, OWN_IP, OWN_MAC, PEER_IP, PEER_MAC } from "../support/machine.js";

const TEXT = Buffer.from("hello");

/** A machine with a UDP socket on port 9. @returns what it has read, too */
function listening(): { machine: Machine; read: string[] } {
  const machine = new Machine();
  const read: string[] = [];
  new machine.stack.io.UDP({
    port: 9,
    onReadable() {
      for (let datagram = this.read(); datagram !== undefined; datagram = this.read())
        read.push(Buffer.from(datagram).toString());
    },
  });
  return { machine, read };
}

function packet(source = PEER_IP, destination = OWN_IP): Uint8Array {
  return udp({ source, destination }, 1000, 9, TEXT);
}

/** Changes a byte of a packet's IPv4 header and makes its checksum good again. */
function withHeaderByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  changed.writeUInt16BE(0, 10);
  changed.writeUInt16BE(internetChecksum(changed.subarray(0, 20)), 10);
  return changed;
}

describe("an IPv4 packet (RFC 1122 §3.2.1)", () => {
  it.each<[string, Uint8Array]>([
    ["with Ethernet's padding", Buffer.concat([packet(), Buffer.alloc(18, 0xee)])],
    [
      "with IP options",
      ipv4(
        { source: PEER_IP, destination: OWN_IP, protocol: 17, options: [1, 1, 1, 0] },
        packet().subarray(20),
      ),
    ],
    ["with a TTL of 0, since it is not forwarded", withHeaderByte(packet(), 8, 0)],
    ["that must not be fragmented", withHeaderByte(packet(), 6, 0x40)],
    ["to the limited broadcast address", packet(PEER_IP, "255.255.255.255")],
    ["to the network's broadcast address", packet(PEER_IP, "10.0.0.255")],
    ["to all hosts", packet(PEER_IP, "224.0.0.1")],
    ["from 0.0.0.0", packet("0.0.0.0")],
  ])("is delivered %s", (_, bytes) => {
    const { machine, read } = listening();
    machine.receiveIp(bytes);
    expect(read).toEqual(["hello"]);
    expect(machine.stack.counters.drops).toEqual({});
  });

  it.each<[string, string, Uint8Array]>([
    ["to another host", "ipv4-not-for-us", packet(PEER_IP, "10.0.0.2")],
    ["to another network's broadcast", "ipv4-not-for-us", packet(PEER_IP, "10.0.1.255")],
    ["to a group this host is not in", "ipv4-not-for-us", packet(PEER_IP, "224.0.0.251")],
    ["to 127.0.0.1, off a link", "ipv4-not-for-us", packet(PEER_IP, "127.0.0.1")],
    ["from 127.0.0.1, off a link", "ipv4-source", packet("127.0.0.1")],
    ["from a group", "ipv4-source", packet("224.0.0.1")],
    ["from the broadcast address", "ipv4-source", packet("255.255.255.255")],
    ["from this host's own address, off a link", "ipv4-source", packet(OWN_IP)],
    ["of version 6", "ipv4-version", withHeaderByte(packet(), 0, 0x65)],
    ["with a header of 16 bytes", "ipv4-header-length", withHeaderByte(packet(), 0, 0x44)],
    ["with a header beyond its end", "ipv4-header-length", withHeaderByte(packet(), 0, 0x4f)],
    ["longer than the frame", "ipv4-total-length", withHeaderByte(packet(), 3, 34)],
    ["shorter than its header", "ipv4-total-length", withHeaderByte(packet(), 3, 19)],
    ["with a bad checksum", "ipv4-checksum", packet().fill(0xff, 10, 11)],
    ["without a whole header", "ipv4-truncated", packet().subarray(0, 19)],
  ])("is dropped and counted %s: %s", (_, reason, bytes) => {
    const { machine, read } = listening();
    machine.receiveIp(bytes);
    expect(read).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
    expect(machine.sent).toEqual([]);
  });

  it("is believed with bad checksums where the link has verified them", () => {
    const { machine, read } = listening();
    machine.link.receiveChecksums = true;
    const bytes = Buffer.from(packet());
    bytes.writeUInt16BE(0x1111, 10);
    bytes.writeUInt16BE(0x2222, 26);
    machine.receiveIp(bytes);
    expect(read).toEqual(["hello"]);
  });
});

describe("a frame", () => {
  it.each<[string, string, Uint8Array]>([
    ["too short for a header", "ethernet-truncated", Buffer.alloc(13)],
    ["for another MAC", "ethernet-not-for-us", ethernet("02:00:00:00:00:77", PEER_MAC, IPV4, packet())],
    ["of an unknown type", "ethernet-type", ethernet(OWN_MAC, PEER_MAC, 0x88b5, packet())],
    ["of IPv6, for now", "ethernet-type", ethernet(OWN_MAC, PEER_MAC, 0x86dd, packet())],
    ["of 802.3", "ethernet-type", ethernet(OWN_MAC, PEER_MAC, 100, packet())],
  ])("%s is dropped and counted: %s", (_, reason, frame) => {
    const { machine, read } = listening();
    machine.receive(frame);
    expect(read).toEqual([]);
    expect(machine.stack.counters.drops).toEqual({ [reason]: 1 });
    expect(machine.stack.counters.ifInFrames).toBe(1);
  });

  it.each([BROADCAST, "01:00:5e:00:00:01"])("to %s is taken", (to) => {
    const { machine, read } = listening();
    machine.receiveIp(packet(PEER_IP, "255.255.255.255"), to);
    expect(read).toEqual(["hello"]);
  });

  it("is not sent while the link is down", () => {
    const { machine } = listening();
    machine.link.up = false;
    new machine.stack.io.UDP({ broadcast: true }).write(TEXT, "10.0.0.255", 9);
    expect(machine.stack.counters.drops).toEqual({ "link-down": 1 });
    expect(machine.sent).toEqual([]);
  });

  it("leaves checksums to a link that computes them", () => {
    const { machine } = listening();
    machine.link.transmitChecksums = true;
    const sent: Uint8Array[] = [];
    machine.link.onTransmit = (frame) => sent.push(frame);
    new machine.stack.io.UDP({ broadcast: true }).write(TEXT, "10.0.0.255", 9);
    const frame = Buffer.from(sent[0]!);
    expect([frame.readUInt16BE(24), frame.readUInt16BE(40)]).toEqual([0, 0]);
  });
});
