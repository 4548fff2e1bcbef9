import { checksum, pseudoHeaderSum } from "./checksum.js";
import {
  ICMP_HEADER,
  IPV4_HEADER,
  PROTOCOL_NUMBERS,
  TCP_HEADER,
  UDP_HEADER,
  type LiveIcmp,
  type LivePacket,
  type LiveTcp,
  type LiveTransport,
  type LiveUdp,
} from "./live-packet.js";
import { encodeOptions } from "./tcp-options.js";

const VERSION_AND_LENGTH = 0x45;
const DONT_FRAGMENT = 0x4000;

/** @returns the bytes of an IPv4 packet with its checksums (RFC 791 §3.1) */
export function encodePacket(packet: LivePacket): Uint8Array {
  const transport = encodeTransport(packet, packet.transport);
  const bytes = new Uint8Array(IPV4_HEADER + transport.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION_AND_LENGTH);
  view.setUint8(1, packet.tos);
  view.setUint16(2, bytes.length);
  view.setUint16(6, DONT_FRAGMENT);
  view.setUint8(8, packet.ttl);
  view.setUint8(9, PROTOCOL_NUMBERS[packet.transport.protocol]);
  view.setUint32(12, packet.source);
  view.setUint32(16, packet.destination);
  view.setUint16(10, checksum(bytes.subarray(0, IPV4_HEADER)));
  bytes.set(transport, IPV4_HEADER);
  return bytes;
}

function encodeTransport(packet: LivePacket, transport: LiveTransport): Uint8Array {
  const { source, destination } = packet;
  switch (transport.protocol) {
    case "tcp":
      return encodeTcp(transport, (length) =>
        pseudoHeaderSum(source, destination, PROTOCOL_NUMBERS.tcp, length),
      );
    case "udp":
      return encodeUdp(transport, (length) =>
        pseudoHeaderSum(source, destination, PROTOCOL_NUMBERS.udp, length),
      );
    case "icmp":
      return encodeIcmp(transport);
  }
}

/** RFC 9293 §3.1. */
function encodeTcp(segment: LiveTcp, pseudoSum: (length: number) => number): Uint8Array {
  const options = encodeOptions(segment.options);
  const headerLength = TCP_HEADER + options.length;
  const bytes = new Uint8Array(headerLength + segment.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, segment.sourcePort);
  view.setUint16(2, segment.destinationPort);
  view.setUint32(4, segment.sequence);
  view.setUint32(8, segment.acknowledgment);
  view.setUint8(12, headerLength << 2);
  view.setUint8(13, segment.flags);
  view.setUint16(14, segment.window);
  view.setUint16(18, segment.urgent);
  bytes.set(options, TCP_HEADER);
  bytes.set(segment.payload, headerLength);
  view.setUint16(16, checksum(bytes, pseudoSum(bytes.length)));
  return bytes;
}

/** RFC 768; a computed zero is sent as all ones. */
function encodeUdp(datagram: LiveUdp, pseudoSum: (length: number) => number): Uint8Array {
  const bytes = new Uint8Array(UDP_HEADER + datagram.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, datagram.sourcePort);
  view.setUint16(2, datagram.destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(datagram.payload, UDP_HEADER);
  view.setUint16(6, checksum(bytes, pseudoSum(bytes.length)) || 0xffff);
  return bytes;
}

/** RFC 792. */
function encodeIcmp(message: LiveIcmp): Uint8Array {
  const bytes = new Uint8Array(ICMP_HEADER + message.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, message.type);
  view.setUint8(1, message.code);
  view.setUint32(4, message.rest);
  bytes.set(message.payload, ICMP_HEADER);
  view.setUint16(2, checksum(bytes));
  return bytes;
}
