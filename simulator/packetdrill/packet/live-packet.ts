import type { TcpOption } from "./tcp-options.js";

/** A packet with the numbers that stand on the wire. */
export interface LivePacket {
  /** Unsigned 32-bit, like `Ipv4Address.value`. */
  readonly source: number;
  readonly destination: number;
  readonly tos: number;
  readonly ttl: number;
  readonly transport: LiveTransport;
}

export type LiveTransport = LiveTcp | LiveUdp | LiveIcmp;

export interface LiveTcp {
  readonly protocol: "tcp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOption[];
  readonly payload: Uint8Array;
}

export interface LiveUdp {
  readonly protocol: "udp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

export interface LiveIcmp {
  readonly protocol: "icmp";
  readonly type: number;
  readonly code: number;
  /** The four bytes behind the checksum, as one number: identifier and sequence, or the next hop's MTU. */
  readonly rest: number;
  readonly payload: Uint8Array;
}

/** Protocol numbers (IANA protocol-numbers). */
export const PROTOCOL_NUMBERS = Object.freeze({ icmp: 1, tcp: 6, udp: 17 });

export const IPV4_HEADER = 20;
export const TCP_HEADER = 20;
export const UDP_HEADER = 8;
export const ICMP_HEADER = 8;
