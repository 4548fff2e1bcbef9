import {
  ICMPV4_ECHO_REPLY,
  ICMPV4_ECHO_REQUEST,
  ICMPV4_HEADER_LENGTH,
  ICMPV4_PARAMETER_PROBLEM,
  ICMPV4_TIME_EXCEEDED,
  ICMPV4_UNREACHABLE,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  icmpv4Identifier,
  icmpv4Type,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
  readU16,
  tcpFlags,
} from "../../../src/wire/index.js";

export type NatProtocol = "tcp" | "udp" | "icmp";
export type Side = "source" | "destination";

/** An address as `Ipv4Address.value`, and a port, or the identifier of an ICMP echo. */
export interface Endpoint {
  readonly address: number;
  readonly port: number;
}

/** What a packet says of who talks to whom. */
export interface Flow {
  readonly protocol: NatProtocol;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** TCP's; 0 if the packet is of another protocol, or quoted and cut off before them. */
  readonly flags: number;
  /** True for an ICMP echo, which begins an exchange; false for its reply. */
  readonly isEcho: boolean;
}

/** RFC 792: what an ICMP error quotes at least, behind the IP header. */
const MIN_QUOTED = 8;
const TCP_FLAGS_END = 14;

/** Which end of an exchange an ICMP echo's identifier belongs to: that which has asked. Undefined for other messages. */
export function identifierHolder(bytes: Uint8Array, icmpAt: number): Side | undefined {
  const type = icmpv4Type(bytes, icmpAt);
  if (type === ICMPV4_ECHO_REQUEST) return "source";
  return type === ICMPV4_ECHO_REPLY ? "destination" : undefined;
}

/**
 * Reads who talks to whom out of the packet at `at`, whose IP header was checked and which is no later fragment.
 * @returns undefined if it is of no protocol that has ports, an ICMP error, or too short
 */
export function readFlow(bytes: Uint8Array, at: number, end: number): Flow | undefined {
  const transportAt = at + ipv4HeaderLength(bytes, at);
  if (end - transportAt < MIN_QUOTED) return undefined;
  const [from, to] = [ipv4Source(bytes, at), ipv4Destination(bytes, at)];
  const protocol = ipv4Protocol(bytes, at);
  if (protocol === PROTOCOL_ICMP) {
    const holder = identifierHolder(bytes, transportAt);
    if (holder === undefined) return undefined;
    const identifier = icmpv4Identifier(bytes, transportAt);
    return {
      protocol: "icmp",
      source: { address: from, port: holder === "source" ? identifier : 0 },
      destination: { address: to, port: holder === "destination" ? identifier : 0 },
      flags: 0,
      isEcho: holder === "source",
    };
  }
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return undefined;
  const hasFlags = protocol === PROTOCOL_TCP && end - transportAt >= TCP_FLAGS_END;
  return {
    protocol: protocol === PROTOCOL_TCP ? "tcp" : "udp",
    source: { address: from, port: readU16(bytes, transportAt) },
    destination: { address: to, port: readU16(bytes, transportAt + 2) },
    flags: hasFlags ? tcpFlags(bytes, transportAt) : 0,
    isEcho: false,
  };
}

/**
 * Where the packet stands that an ICMP error quotes (RFC 792, RFC 1122 §3.2.2).
 * @returns undefined if the packet at `at` is no error, or quotes too little
 */
export function quotedPacketAt(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (ipv4Protocol(bytes, at) !== PROTOCOL_ICMP) return undefined;
  const icmpAt = at + ipv4HeaderLength(bytes, at);
  const quotedAt = icmpAt + ICMPV4_HEADER_LENGTH;
  if (end - quotedAt < 20) return undefined;
  const type = icmpv4Type(bytes, icmpAt);
  const isError =
    type === ICMPV4_UNREACHABLE || type === ICMPV4_TIME_EXCEEDED || type === ICMPV4_PARAMETER_PROBLEM;
  if (!isError || bytes[quotedAt]! >>> 4 !== 4) return undefined;
  const headerLength = ipv4HeaderLength(bytes, quotedAt);
  return headerLength >= 20 && end - quotedAt >= headerLength + MIN_QUOTED ? quotedAt : undefined;
}
