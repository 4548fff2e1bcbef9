import type { ArpFault, EthernetFault, Icmpv4Fault, Ipv4Fault, TcpFault, UdpFault } from "../wire/index.js";

/** Why a frame, packet or segment was thrown away: a parser's reason, or the stack's. */
export type DropReason =
  | EthernetFault
  | ArpFault
  | Ipv4Fault
  | Icmpv4Fault
  | UdpFault
  | TcpFault
  | "ethernet-not-for-us"
  | "ethernet-type"
  | "ipv4-not-for-us"
  | "ipv4-source"
  | "ipv4-fragment-length"
  | "ipv4-fragment-ecn"
  | "ipv4-fragment-overlap"
  | "ipv4-fragment-tiny"
  | "ipv4-reassembly-full"
  | "ipv4-reassembly-timeout"
  | "ipv4-protocol"
  | "icmpv4-type"
  | "icmpv4-reply"
  | "icmpv4-not-ours"
  | "icmpv4-not-in-flight"
  | "udp-no-port"
  | "udp-queue-full"
  | "tcp-group-address"
  | "tcp-port-zero"
  | "tcp-backlog-full"
  | "tcp-accept-queue-full"
  | "tcp-memory"
  | "tcp-out-of-window"
  | "tcp-challenge-limit"
  | "tcp-no-timestamp"
  | "tcp-paws"
  | "link-down"
  | "no-route"
  | "neighbor-queue-full"
  | "neighbor-unreachable"
  | "loopback-queue-full"
  | "icmpv4-rate-limit"
  | "too-big";

/** What a stack has counted since it was made. Names follow the SNMP MIBs (RFC 4293, RFC 4022, RFC 4113). */
export class Counters {
  ifInFrames = 0;
  ifOutFrames = 0;
  ipInReceives = 0;
  ipInDelivers = 0;
  ipOutRequests = 0;
  icmpInMsgs = 0;
  icmpOutMsgs = 0;
  udpInDatagrams = 0;
  udpOutDatagrams = 0;
  tcpInSegs = 0;
  tcpOutSegs = 0;
  tcpOutRsts = 0;
  tcpRetransSegs = 0;
  tcpActiveOpens = 0;
  tcpPassiveOpens = 0;
  tcpAttemptFails = 0;
  tcpEstabResets = 0;
  /** As Linux names them: SYN-ACKs with a cookie, acknowledgments of one, and of none that is ours. */
  tcpSynCookiesSent = 0;
  tcpSynCookiesRecv = 0;
  tcpSynCookiesFailed = 0;
  /** Drops by reason; a reason that never occurred is absent. */
  readonly drops: Partial<Record<DropReason, number>> = {};

  drop(reason: DropReason): void {
    this.drops[reason] = (this.drops[reason] ?? 0) + 1;
  }
}
