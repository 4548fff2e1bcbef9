import type { TcpOption } from "./tcp-options.js";

/**
 * A packet in the script's own numbers: what a line of a script says, and what the stack's packets are turned into to
 * be compared with it. A field that is undefined is not looked at.
 */
export type Packet = TcpPacket | UdpPacket | IcmpPacket;

/** "inbound": to the stack under test; "outbound": from it. */
export type Direction = "inbound" | "outbound";

/** The two ECN bits of IP (RFC 3168 §5); "ect01" is either kind of ECT. */
export type Ecn = "noecn" | "ect0" | "ect1" | "ce" | "ect01";

/** What stands between brackets before the transport header. */
export interface IpMarks {
  readonly ecn?: Ecn;
  /** The whole type-of-service byte. */
  readonly tos?: number;
  readonly ttl?: number;
}

export interface Ports {
  readonly source: number;
  readonly destination: number;
}

interface IpPacket {
  readonly direction: Direction;
  readonly marks: IpMarks;
}

export interface TcpPacket extends IpPacket {
  readonly protocol: "tcp";
  /** Absent: those of the connection under test. */
  readonly ports?: Ports | undefined;
  readonly flags: number;
  /** Relative to the initial sequence number, but absolute in a SYN; unsigned 32-bit. */
  readonly sequence: number;
  /** Bytes of data. */
  readonly length: number;
  /** Relative and absolute like `sequence`; 0 without the ACK flag. */
  readonly acknowledgment: number;
  /** As on the wire, not scaled. */
  readonly window: number | undefined;
  readonly urgent: number;
  readonly options: readonly TcpOption[] | undefined;
}

export interface UdpPacket extends IpPacket {
  readonly protocol: "udp";
  readonly ports?: Ports | undefined;
  /** Bytes of data. */
  readonly length: number;
}

export interface IcmpPacket extends IpPacket {
  readonly protocol: "icmp";
  readonly type: number;
  readonly code: number;
  /** The next hop's MTU that "fragmentation needed" tells (RFC 1191 §4). */
  readonly mtu?: number | undefined;
  /** The identifier of an echo request or reply. */
  readonly identifier?: number | undefined;
  readonly quoted?: QuotedPacket | undefined;
}

/** The packet that an ICMP error is about: of TCP the sequence numbers, of UDP the size. */
export type QuotedPacket =
  | { readonly protocol: "tcp"; readonly sequence: number; readonly length: number }
  | { readonly protocol: "udp"; readonly length: number };

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

/** The letters of the flags, in the order in which they are printed. */
export const FLAG_LETTERS: readonly (readonly [string, number])[] = Object.freeze([
  ["F", FIN],
  ["S", SYN],
  ["R", RST],
  ["P", PSH],
  [".", ACK],
  ["U", URG],
  ["E", ECE],
  ["W", CWR],
] as const);

/** Adds modulo 2³², as sequence numbers are added. */
export function add32(a: number, b: number): number {
  return (a + b) >>> 0;
}
