// Frames as others send them, built without src/wire, so that a mistake there cannot hide itself.
import { internetChecksum, ipBytes, pseudoHeader } from "./checksum.js";

export const ARP = 0x0806;
export const IPV4 = 0x0800;
export const ICMP = 1;
export const IGMP = 2;
export const TCP = 6;
export const UDP = 17;

export const BROADCAST = "ff:ff:ff:ff:ff:ff";

export function macBytes(mac: string): number[] {
  return mac.split(":").map((byte) => Number.parseInt(byte, 16));
}

export function u16(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)];
}

export function ethernet(to: string, from: string, type: number, payload: Uint8Array): Uint8Array {
  return Buffer.from([...macBytes(to), ...macBytes(from), ...u16(type), ...payload]);
}

export interface ArpFields {
  readonly operation: 1 | 2;
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac?: string;
  readonly targetIp: string;
}

/** RFC 826, the packet alone. */
export function arp(fields: ArpFields): Uint8Array {
  return Buffer.from([
    ...u16(1),
    ...u16(IPV4),
    6,
    4,
    ...u16(fields.operation),
    ...macBytes(fields.senderMac),
    ...ipBytes(fields.senderIp),
    ...macBytes(fields.targetMac ?? "00:00:00:00:00:00"),
    ...ipBytes(fields.targetIp),
  ]);
}

export interface Ipv4Fields {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Flags and fragment offset. */
  readonly fragment?: number;
  readonly ttl?: number;
  /** The ECN field. */
  readonly ecn?: number;
  readonly tos?: number;
  readonly options?: readonly number[];
}

/** RFC 791. */
export function ipv4(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = fields.options ?? [];
  const headerLength = 20 + options.length;
  const header = Buffer.from([
    0x40 | (headerLength / 4),
    (fields.tos ?? 0) | (fields.ecn ?? 0),
    ...u16(headerLength + payload.length),
    ...u16(0x1234),
    ...u16(fields.fragment ?? 0),
    fields.ttl ?? 64,
    fields.protocol,
    0,
    0,
    ...ipBytes(fields.source),
    ...ipBytes(fields.destination),
    ...options,
  ]);
  header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** The addresses that a transport's pseudo-header holds. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
}

/** An ICMP message (RFC 792) in its IPv4 packet. */
export function icmp(ends: Ends, type: number, code: number, rest: number, data: Uint8Array): Uint8Array {
  const message = Buffer.from([type, code, 0, 0, ...u32(rest), ...data]);
  message.writeUInt16BE(internetChecksum(message), 2);
  return ipv4({ ...ends, protocol: ICMP }, message);
}

/** An IGMP message in its IPv4 packet, with Router Alert and a TTL of 1; `rest` is what follows the checksum. */
export function igmp(ends: Ends, type: number, code: number, rest: readonly number[]): Uint8Array {
  const message = Buffer.from([type, code, 0, 0, ...rest]);
  message.writeUInt16BE(internetChecksum(message), 2);
  return ipv4({ ...ends, protocol: IGMP, ttl: 1, options: [0x94, 4, 0, 0] }, message);
}

/** A UDP datagram (RFC 768) in its IPv4 packet. */
export function udp(ends: Ends, from: number, to: number, data: Uint8Array): Uint8Array {
  const length = 8 + data.length;
  const datagram = Buffer.from([...u16(from), ...u16(to), ...u16(length), 0, 0, ...data]);
  const checksum = internetChecksum(pseudoHeader(ends.source, ends.destination, UDP, length), datagram);
  datagram.writeUInt16BE(checksum === 0 ? 0xffff : checksum, 6);
  return ipv4({ ...ends, protocol: UDP }, datagram);
}

export interface TcpFields {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent?: number;
  /** The ECN field of the packet. */
  readonly ecn?: number;
  readonly options?: readonly number[];
  readonly data?: Uint8Array;
}

/** A TCP segment (RFC 9293 §3.1) in its IPv4 packet; `options` are a multiple of four bytes. */
export function tcp(ends: Ends, fields: TcpFields): Uint8Array {
  const { options = [], data = new Uint8Array(0) } = fields;
  const headerLength = 20 + options.length;
  const segment = Buffer.from([
    ...u16(fields.from),
    ...u16(fields.to),
    ...u32(fields.sequence),
    ...u32(fields.acknowledgment),
    (headerLength / 4) << 4,
    fields.flags,
    ...u16(fields.window),
    0,
    0,
    ...u16(fields.urgent ?? 0),
    ...options,
    ...data,
  ]);
  const length = headerLength + data.length;
  segment.writeUInt16BE(
    internetChecksum(pseudoHeader(ends.source, ends.destination, TCP, length), segment),
    16,
  );
  return ipv4({ ...ends, protocol: TCP, ecn: fields.ecn ?? 0 }, segment);
}
