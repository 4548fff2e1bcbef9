import { checksum, pseudoHeaderSum } from "./checksum.js";
import {
  ICMP_HEADER,
  IPV4_HEADER,
  PROTOCOL_NUMBERS,
  TCP_HEADER,
  UDP_HEADER,
  type LivePacket,
  type LiveTcp,
  type LiveTransport,
  type LiveUdp,
} from "./live-packet.js";
import { decodeOptions } from "./tcp-options.js";

/** A packet that the stack should never have sent. */
export interface Malformed {
  readonly fault: string;
}

/** Reads an IPv4 packet that the stack has sent, as strictly as the RFCs let a receiver be. */
export function decodePacket(bytes: Uint8Array): LivePacket | Malformed {
  if (bytes.length < IPV4_HEADER) return { fault: "shorter than an IPv4 header" };
  const view = viewOf(bytes);
  const headerLength = (bytes[0]! & 0x0f) * 4;
  if (bytes[0]! >> 4 !== 4 || headerLength < IPV4_HEADER) return { fault: "no IPv4 header" };
  const totalLength = view.getUint16(2);
  if (totalLength < headerLength || totalLength > bytes.length) return { fault: "bad IPv4 total length" };
  if (checksum(bytes.subarray(0, headerLength)) !== 0) return { fault: "bad IPv4 header checksum" };
  if ((view.getUint16(6) & 0x3fff) !== 0) return { fault: "a fragment" };
  const source = view.getUint32(12);
  const destination = view.getUint32(16);
  const transport = decodeTransport(
    bytes.subarray(headerLength, totalLength),
    view.getUint8(9),
    (protocol, length) => pseudoHeaderSum(source, destination, protocol, length),
  );
  if ("fault" in transport) return transport;
  return { source, destination, tos: view.getUint8(1), ttl: view.getUint8(8), transport };
}

type PseudoSum = (protocol: number, length: number) => number;

function decodeTransport(
  bytes: Uint8Array,
  protocol: number,
  pseudoSum: PseudoSum,
): LiveTransport | Malformed {
  switch (protocol) {
    case PROTOCOL_NUMBERS.tcp:
      return decodeTcp(bytes, pseudoSum(protocol, bytes.length));
    case PROTOCOL_NUMBERS.udp:
      return decodeUdp(bytes, pseudoSum(protocol, bytes.length));
    case PROTOCOL_NUMBERS.icmp:
      return decodeIcmp(bytes);
    default:
      return { fault: `IP protocol ${protocol}` };
  }
}

function decodeTcp(bytes: Uint8Array, pseudoSum: number): LiveTcp | Malformed {
  if (bytes.length < TCP_HEADER) return { fault: "shorter than a TCP header" };
  const view = viewOf(bytes);
  const headerLength = (view.getUint8(12) >> 4) * 4;
  if (headerLength < TCP_HEADER || headerLength > bytes.length) return { fault: "bad TCP data offset" };
  if ((view.getUint8(12) & 0x0f) !== 0) return { fault: "reserved TCP bits set" };
  if (checksum(bytes, pseudoSum) !== 0) return { fault: "bad TCP checksum" };
  const options = decodeOptions(bytes.subarray(TCP_HEADER, headerLength));
  if (options === undefined) return { fault: "bad TCP option length" };
  return {
    protocol: "tcp",
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgment: view.getUint32(8),
    flags: view.getUint8(13),
    window: view.getUint16(14),
    urgent: view.getUint16(18),
    options,
    payload: bytes.subarray(headerLength),
  };
}

function decodeUdp(bytes: Uint8Array, pseudoSum: number): LiveUdp | Malformed {
  if (bytes.length < UDP_HEADER) return { fault: "shorter than a UDP header" };
  const view = viewOf(bytes);
  if (view.getUint16(4) !== bytes.length) return { fault: "bad UDP length" };
  if (view.getUint16(6) !== 0 && checksum(bytes, pseudoSum) !== 0) return { fault: "bad UDP checksum" };
  return {
    protocol: "udp",
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    payload: bytes.subarray(UDP_HEADER),
  };
}

function decodeIcmp(bytes: Uint8Array): LiveTransport | Malformed {
  if (bytes.length < ICMP_HEADER) return { fault: "shorter than an ICMP header" };
  if (checksum(bytes) !== 0) return { fault: "bad ICMP checksum" };
  const view = viewOf(bytes);
  return {
    protocol: "icmp",
    type: view.getUint8(0),
    code: view.getUint8(1),
    rest: view.getUint32(4),
    payload: bytes.subarray(ICMP_HEADER),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
