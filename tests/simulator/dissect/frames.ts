import { FirstBoot } from "../../../simulator/index.js";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import {
  ETHERNET_HEADER_LENGTH,
  IPV4_HEADER_LENGTH,
  PROTOCOL_UDP,
  TCP_HEADER_LENGTH,
  UDP_HEADER_LENGTH,
  emitDhcp,
  emitIpv4,
  emitUdp,
  emitTcp,
  ipv4PseudoSum,
} from "../../../src/wire/index.js";
import { captured } from "../../wire/captures.js";

const FROM = 0xc0000201;
const TO = 0xc0000202;
const IP_AT = ETHERNET_HEADER_LENGTH;
const UPPER_AT = IP_AT + IPV4_HEADER_LENGTH;
const HEADER = "02000000000b 02000000000a 0800";

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s/g, ""), "hex"));
}

/** What crosses a device's cable when it boots and is asked for its status. */
export async function bootFrames(): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const scenario = new FirstBoot({ seed: 7 });
  scenario.device.cable.observe(({ bytes, length }) => void frames.push(bytes.slice(0, length)));
  scenario.boot();
  await scenario.get("/");
  await scenario.get("/api/status");
  return frames;
}

/** An IPv4 packet from 192.0.2.1 to 192.0.2.2 on Ethernet. */
export function ipFrame(protocol: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(UPPER_AT + payload.length);
  frame.set(bytesOf(HEADER));
  frame.set(payload, UPPER_AT);
  emitIpv4(frame, IP_AT, payload.length, 64, protocol, FROM, TO, true);
  return frame;
}

export function udpFrame(port: number, payload: Uint8Array): Uint8Array {
  const length = UDP_HEADER_LENGTH + payload.length;
  const datagram = new Uint8Array(length);
  datagram.set(payload, UDP_HEADER_LENGTH);
  emitUdp(datagram, 0, 50_000, port, length, ipv4PseudoSum(FROM, TO, PROTOCOL_UDP, 0));
  return ipFrame(PROTOCOL_UDP, datagram);
}

/** @param client its port: a connection of its own */
export function tcpFrame(client: number, port: number, payload: Uint8Array): Uint8Array {
  const length = TCP_HEADER_LENGTH + payload.length;
  const segment = new Uint8Array(length);
  segment.set(payload, TCP_HEADER_LENGTH);
  const sum = ipv4PseudoSum(FROM, TO, 6, length);
  emitTcp(segment, 0, client, port, 1, 2, 0x18, 1000, TCP_HEADER_LENGTH, length, sum);
  return ipFrame(6, segment);
}

/** An ACK with the address of the one above. */
function dhcpFrame(): Uint8Array {
  const zero = Ipv4Address.unspecified;
  return udpFrame(
    68,
    emitDhcp({
      ...{ type: "ACK", hops: 0, xid: 7, secs: 0, broadcast: true, sname: "", file: "boot" },
      ...{ ciaddr: zero, yiaddr: Ipv4Address.fromValue(TO), siaddr: zero, giaddr: zero },
      chaddr: MacAddress.parse("02:00:00:00:00:0b"),
      options: { leaseTime: 3600, hostName: "sensor", routers: [Ipv4Address.fromValue(FROM)] },
    }),
  );
}

const DNS_QUERY = "1234 0100 0001 0000 0000 0000 06 73656e736f72 05 6c6f63616c 00 0001 0001";
const DNS_RESPONSE = `1234 8580 0001 0004 0000 0000
  06 73656e736f72 05 6c6f63616c 00 0001 0001
  c00c 0001 0001 0000003c 0004 c0000207
  c00c 001c 0001 0000003c 0010 20010db8000000000000000000000007
  c00c 0005 0001 0000003c 0006 03 777777 c013
  c00c 000c 0001 0000003c 0002 c00c`;
const MDNS_RESPONSE = `0000 8400 0000 0001 0000 0000
  0b 4d79205072696e746572 21 05 5f68747470 04 5f746370 05 6c6f63616c 00 0010 8001 00000078 0001 00`;

/** Frames of what a first boot does not have. */
export function craftedFrames(): Uint8Array[] {
  const plain = [
    "arpReply",
    "echoRequest",
    "echoReply",
    "syn",
    "synAck",
    "fin",
    "udp",
    "portUnreachable",
  ] as const;
  const text = (lines: readonly string[]): Uint8Array => Buffer.from(lines.join("\r\n"));
  const withVlan = captured("echoRequest");
  return [
    dhcpFrame(),
    ...plain.map((name) => captured(name)),
    Uint8Array.of(...withVlan.subarray(0, 12), 0x81, 0, 0x60, 5, ...withVlan.subarray(12)),
    udpFrame(53, bytesOf(DNS_QUERY)),
    udpFrame(53, bytesOf(DNS_RESPONSE)),
    udpFrame(5353, bytesOf(MDNS_RESPONSE)),
    udpFrame(5353, bytesOf("0000 0000 0001 0000 0000 0000 06 73656e736f72 05 6c6f63616c 00 00ff 8001")),
    tcpFrame(
      50_001,
      80,
      text(["GET /a?b=c HTTP/1.1", "Host: sensor", "User-Agent: curl/8", "Cookie: a=b", "", ""]),
    ),
    tcpFrame(
      80,
      50_002,
      text(["HTTP/1.1 301 Moved Permanently", "Location: /b", "Content-Length: 2", "", "ab"]),
    ),
    // IGMP: a general query of version 2, a join of version 3, a query of version 3 for a group's source.
    ipFrame(2, bytesOf("1164 ee9b 00000000")),
    ipFrame(2, bytesOf("2200 fa04 0000 0001 04 00 0000 e00000fb")),
    ipFrame(2, bytesOf("1164 0c1e e00000fb 02 7d 0001 c0000201")),
    // A fragment in the middle, and one that is the first.
    bytesOf(`${HEADER} 4500001c 1234 2002 40 11 0000 c0000201 c0000202 0102030405060708`),
    // Router Alert, and a record of the route.
    bytesOf(
      `${HEADER} 4a000030 0000 0000 01 fd 0000 c0000201 c0000202 94040000 01 0707 04 00000000 0000000000000000 00`,
    ),
    // Fragmentation needed, with the MTU; a redirect.
    ipFrame(1, bytesOf("0304 0000 0000 05dc 4500003c 520b4000 400664ad c0000201 c0000202 adee0050 16f7a5ed")),
    ipFrame(1, bytesOf("0501 0000 c0000209 4500003c 520b4000 400664ad c0000201 c0000202 adee0050 16f7a5ed")),
    // A router solicitation.
    bytesOf(
      "333300000002 02000000000a 86dd 60000000 0008 3a ff fe800000000000000000000000000001 ff020000000000000000000000000002 8500 7d38 00000000",
    ),
  ];
}
