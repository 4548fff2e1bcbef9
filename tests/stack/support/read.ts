// What a frame of the stack says, read without src/wire. A wrong length or checksum throws: it fails the test.
import { ARP, ICMP, IGMP, IPV4, TCP, UDP } from "./build.js";
import { internetChecksum, pseudoHeader } from "./checksum.js";

export interface ReadArp {
  readonly operation: number;
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac: string;
  readonly targetIp: string;
}

export interface ReadTcp {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly mss: number | undefined;
  readonly windowScale: number | undefined;
  readonly sackPermitted: boolean;
  /** Left and right edges in turn. */
  readonly sack: readonly number[];
  readonly timestamps: readonly number[] | undefined;
  /** The user time-out option, as it stands there. */
  readonly userTimeout: number | undefined;
  readonly data: Uint8Array;
}

export interface ReadUdp {
  readonly from: number;
  readonly to: number;
  readonly data: Uint8Array;
}

export interface ReadIcmp {
  readonly type: number;
  readonly code: number;
  readonly rest: number;
  readonly data: Uint8Array;
}

export interface ReadIgmp {
  readonly type: number;
  /** Versions 1 and 2. */
  readonly group: string;
  /** Version 3, as "type group source …". */
  readonly records: readonly string[];
}

export interface ReadFragment {
  readonly identification: number;
  readonly offset: number;
  readonly hasMore: boolean;
  readonly payload: Uint8Array;
}

export interface ReadFrame {
  /** When it was sent, in ms. */
  readonly time: number;
  readonly bytes: Uint8Array;
  readonly to: string;
  readonly from: string;
  readonly type: number;
  readonly source?: string;
  readonly destination?: string;
  readonly ttl?: number;
  /** The ECN field. */
  readonly ecn?: number;
  readonly tos?: number;
  /** The options of the IPv4 header; absent if there are none. */
  readonly options?: Uint8Array;
  /** Flags and fragment offset. */
  readonly df?: boolean;
  readonly arp?: ReadArp;
  readonly tcp?: ReadTcp;
  readonly udp?: ReadUdp;
  readonly icmp?: ReadIcmp;
  readonly igmp?: ReadIgmp;
  readonly fragment?: ReadFragment;
}

export function readFrame(bytes: Uint8Array, time: number): ReadFrame {
  const frame = Buffer.from(bytes);
  const type = frame.readUInt16BE(12);
  const ethernet = { time, bytes: frame, to: mac(frame, 0), from: mac(frame, 6), type };
  if (type === ARP) return { ...ethernet, arp: readArp(frame.subarray(14)) };
  if (type !== IPV4) throw new Error(`a frame of type ${type.toString(16)} was sent`);
  return { ...ethernet, ...readIpv4(frame.subarray(14)) };
}

function readArp(packet: Buffer): ReadArp {
  check(packet.length === 28, "ARP packet of 28 bytes");
  check(packet.subarray(0, 6).toString("hex") === "000108000604", "ARP for IPv4 over Ethernet");
  return {
    operation: packet.readUInt16BE(6),
    senderMac: mac(packet, 8),
    senderIp: ip(packet, 14),
    targetMac: mac(packet, 18),
    targetIp: ip(packet, 24),
  };
}

function readIpv4(packet: Buffer): Partial<ReadFrame> {
  const headerLength = (packet[0]! & 15) * 4;
  check(packet[0]! >> 4 === 4 && headerLength >= 20, "IPv4 header");
  check(packet.readUInt16BE(2) === packet.length, "IPv4 total length");
  check(internetChecksum(packet.subarray(0, headerLength)) === 0, "IPv4 checksum");
  const [source, destination, protocol] = [ip(packet, 12), ip(packet, 16), packet[9]!];
  const options = headerLength > 20 ? { options: packet.subarray(20, headerLength) } : {};
  const df = (packet[6]! & 0x40) !== 0;
  const tos = packet[1]!;
  const ends = { source, destination, ttl: packet[8]!, tos, ecn: tos & 3, df, ...options };
  const payload = packet.subarray(headerLength);
  const fragment = packet.readUInt16BE(6) & 0x3fff;
  if (fragment !== 0) {
    const [hasMore, offset] = [fragment >= 0x2000, (fragment & 0x1fff) * 8];
    return { ...ends, fragment: { identification: packet.readUInt16BE(4), offset, hasMore, payload } };
  }
  if (protocol === ICMP) return { ...ends, icmp: readIcmp(payload) };
  if (protocol === IGMP) return { ...ends, igmp: readIgmp(payload) };
  const sum = internetChecksum(pseudoHeader(source, destination, protocol, payload.length), payload);
  check(sum === 0, protocol === TCP ? "TCP checksum" : "UDP checksum");
  if (protocol === TCP) return { ...ends, tcp: readTcp(payload) };
  check(protocol === UDP, "known protocol");
  check(payload.readUInt16BE(4) === payload.length, "UDP length");
  return {
    ...ends,
    udp: { from: payload.readUInt16BE(0), to: payload.readUInt16BE(2), data: payload.subarray(8) },
  };
}

function readIcmp(message: Buffer): ReadIcmp {
  check(internetChecksum(message) === 0, "ICMP checksum");
  return { type: message[0]!, code: message[1]!, rest: message.readUInt32BE(4), data: message.subarray(8) };
}

function readIgmp(message: Buffer): ReadIgmp {
  check(internetChecksum(message) === 0, "IGMP checksum");
  const [type, records] = [message[0]!, [] as string[]];
  for (let at = 8; at < message.length;) {
    const sources = Array.from({ length: message.readUInt16BE(at + 2) }, (_, i) =>
      ip(message, at + 8 + 4 * i),
    );
    records.push([message[at], ip(message, at + 4), ...sources].join(" "));
    at += 8 + 4 * sources.length;
  }
  check(type !== 0x22 || records.length === message.readUInt16BE(6), "number of IGMP records");
  return { type, group: ip(message, 4), records };
}

/** 32-bit words. */
function words(bytes: Buffer | undefined): number[] {
  return Array.from({ length: (bytes?.length ?? 0) / 4 }, (_, i) => bytes!.readUInt32BE(4 * i));
}

function readTcp(segment: Buffer): ReadTcp {
  const headerLength = (segment[12]! >> 4) * 4;
  const options = readOptions(segment.subarray(20, headerLength));
  return {
    from: segment.readUInt16BE(0),
    to: segment.readUInt16BE(2),
    sequence: segment.readUInt32BE(4),
    acknowledgment: segment.readUInt32BE(8),
    flags: segment[13]!,
    window: segment.readUInt16BE(14),
    urgent: segment.readUInt16BE(18),
    mss: options.get(2)?.readUInt16BE(0),
    windowScale: options.get(3)?.[0],
    sackPermitted: options.has(4),
    sack: words(options.get(5)),
    userTimeout: options.get(28)?.readUInt16BE(0),
    timestamps: options.has(8) ? words(options.get(8)) : undefined,
    data: segment.subarray(headerLength),
  };
}

function readOptions(options: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < options.length;) {
    const kind = options[at]!;
    if (kind === 0) break;
    const length = kind === 1 ? 1 : options[at + 1]!;
    check(length > 0 && at + length <= options.length, "TCP option length");
    found.set(kind, options.subarray(at + 2, at + length));
    at += length;
  }
  return found;
}

function mac(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function ip(bytes: Buffer, at: number): string {
  return bytes.subarray(at, at + 4).join(".");
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`a frame was sent without a good ${what}`);
}
