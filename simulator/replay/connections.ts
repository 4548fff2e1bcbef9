import {
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_IPV4,
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_HEADER_LENGTH,
  TCP_SYN,
  addToChecksum,
  checkEthernet,
  checkIpv4,
  checkTcp,
  ethernetType,
  finishChecksum,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4PseudoSum,
  ipv4Source,
  ipv4TotalLength,
  readU32,
  tcpDestinationPort,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpSourcePort,
  writeU16,
  writeU32,
} from "../../src/wire/index.js";

const ACKNOWLEDGMENT_AT = 8;
const CHECKSUM_AT = 16;
const OPTION_NOP = 1;
const OPTION_SACK = 5;
const OPTION_TIMESTAMPS = 8;
const TIMESTAMPS_LENGTH = 10;

/** Where a connection begins to number its bytes and its clock ticks. */
interface Beginning {
  readonly sequence: number;
  readonly clock: number | undefined;
}

/** A TCP segment in a frame. */
interface Segment {
  readonly bytes: Uint8Array;
  readonly ip: number;
  readonly tcp: number;
  readonly end: number;
}

/**
 * TCP chooses where a connection's sequence numbers begin, and with which time its timestamps, anew each time. So what a
 * peer in a capture acknowledges is not what the host that plays the other one has sent: it is moved by the difference.
 */
export class Connections {
  /** By the connection's four-tuple, as its opener has it. */
  readonly #recorded = new Map<string, Beginning>();
  readonly #now = new Map<string, Beginning>();

  /** What the host of the capture sent. */
  recorded(bytes: Uint8Array): void {
    note(this.#recorded, bytes, bytes.length);
  }

  /** What the host that plays it sends. */
  answered(bytes: Uint8Array, length: number): void {
    note(this.#now, bytes, length);
  }

  /** The frame, or a copy that acknowledges what was sent now. */
  translate(frame: Uint8Array): Uint8Array {
    const found = segmentIn(frame, frame.length);
    if (found === undefined || (tcpFlags(frame, found.tcp) & TCP_ACK) === 0) return frame;
    const { ip, tcp, end } = found;
    const key = keyOf(found, false);
    const then = this.#recorded.get(key);
    const now = this.#now.get(key);
    if (then === undefined || now === undefined) return frame;
    const bytes = frame.slice();
    add(bytes, tcp + ACKNOWLEDGMENT_AT, now.sequence - then.sequence);
    for (const { kind, at, length } of optionsOf({ ...found, bytes })) {
      if (kind === OPTION_SACK)
        for (let edge = at + 2; edge + 4 <= at + length; edge += 4)
          add(bytes, edge, now.sequence - then.sequence);
      if (kind === OPTION_TIMESTAMPS && length === TIMESTAMPS_LENGTH)
        add(bytes, at + 6, (now.clock ?? 0) - (then.clock ?? 0));
    }
    const sum = ipv4PseudoSum(ipv4Source(bytes, ip), ipv4Destination(bytes, ip), PROTOCOL_TCP, end - tcp);
    writeU16(bytes, tcp + CHECKSUM_AT, 0);
    writeU16(bytes, tcp + CHECKSUM_AT, finishChecksum(addToChecksum(sum, bytes, tcp, end - tcp)));
    return bytes;
  }
}

/** Adds modulo 2³². */
function add(bytes: Uint8Array, at: number, difference: number): void {
  writeU32(bytes, at, (readU32(bytes, at) + difference) | 0);
}

function note(beginnings: Map<string, Beginning>, bytes: Uint8Array, length: number): void {
  const segment = segmentIn(bytes, length);
  if (segment === undefined || (tcpFlags(bytes, segment.tcp) & TCP_SYN) === 0) return;
  const timestamps = optionsOf(segment).find(({ kind }) => kind === OPTION_TIMESTAMPS);
  beginnings.set(keyOf(segment, true), {
    sequence: tcpSequence(bytes, segment.tcp),
    clock: timestamps?.length === TIMESTAMPS_LENGTH ? readU32(bytes, timestamps.at + 2) : undefined,
  });
}

function segmentIn(bytes: Uint8Array, length: number): Segment | undefined {
  if (checkEthernet(length) !== undefined || ethernetType(bytes) !== ETHER_TYPE_IPV4) return undefined;
  const ip = ETHERNET_HEADER_LENGTH;
  if (checkIpv4(bytes, ip, length, false) !== undefined) return undefined;
  if (ipv4Protocol(bytes, ip) !== PROTOCOL_TCP || ipv4IsFragment(bytes, ip)) return undefined;
  const tcp = ip + ipv4HeaderLength(bytes, ip);
  const end = ip + ipv4TotalLength(bytes, ip);
  return checkTcp(bytes, tcp, end, undefined) === undefined ? { bytes, ip, tcp, end } : undefined;
}

/** @param isFrom whether the segment is from the host in question, or else to it */
function keyOf({ bytes, ip, tcp }: Segment, isFrom: boolean): string {
  const from = `${ipv4Source(bytes, ip)}:${tcpSourcePort(bytes, tcp)}`;
  const to = `${ipv4Destination(bytes, ip)}:${tcpDestinationPort(bytes, tcp)}`;
  return isFrom ? `${from} ${to}` : `${to} ${from}`;
}

interface TcpOption {
  readonly kind: number;
  readonly at: number;
  readonly length: number;
}

function optionsOf({ bytes, tcp }: Segment): TcpOption[] {
  const options: TcpOption[] = [];
  const end = tcp + tcpHeaderLength(bytes, tcp);
  for (let at = tcp + TCP_HEADER_LENGTH; at < end && bytes[at] !== 0;) {
    const kind = bytes[at]!;
    const length = kind === OPTION_NOP ? 1 : (bytes[at + 1] ?? 0);
    if (length === 0 || at + length > end) break;
    options.push({ kind, at, length });
    at += length;
  }
  return options;
}
