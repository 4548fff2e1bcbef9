import type {
  ArpFault,
  EthernetFault,
  Icmpv4Fault,
  IgmpFault,
  Ipv4Fault,
  Ipv4OptionsFault,
  TcpFault,
  UdpFault,
} from "../wire/index.js";

/** Why a frame, packet or segment was thrown away: a parser's reason, or the stack's. */
export type DropReason =
  | EthernetFault
  | ArpFault
  | Ipv4Fault
  | Ipv4OptionsFault
  | Icmpv4Fault
  | IgmpFault
  | UdpFault
  | TcpFault
  | "receive-queue-full"
  | "ethernet-not-for-us"
  | "ethernet-type"
  | "arp-sender"
  | "arp-conflict"
  | "ipv4-not-for-us"
  | "ipv4-source"
  | "ipv4-link-group"
  | "ipv4-fragment-length"
  | "ipv4-fragment-ecn"
  | "ipv4-fragment-duplicate"
  | "ipv4-fragment-overlap"
  | "ipv4-fragment-tiny"
  | "ipv4-reassembly-full"
  | "ipv4-reassembly-timeout"
  | "ipv4-protocol"
  | "forward-address"
  | "forward-time-to-live"
  | "forward-no-route"
  | "forward-too-big"
  | "icmpv4-type"
  | "icmpv4-reply"
  | "icmpv4-quoted"
  | "icmpv4-not-ours"
  | "icmpv4-not-in-flight"
  | "icmpv4-echo-group"
  | "icmpv4-redirect"
  | "igmp-type"
  | "igmp-router-alert"
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

/** The reasons that make up the error counts of the MIBs. */
const IN_HDR_ERRORS: readonly DropReason[] = Object.freeze([
  "ipv4-version",
  "ipv4-header-length",
  "ipv4-checksum",
  "ipv4-options",
  "ipv4-source-route",
  "forward-time-to-live",
]);
const IN_TRUNCATED: readonly DropReason[] = Object.freeze(["ipv4-truncated", "ipv4-total-length"]);
const IN_ADDR_ERRORS: readonly DropReason[] = Object.freeze([
  "ipv4-not-for-us",
  "ipv4-source",
  "ipv4-link-group",
  "forward-address",
]);
const REASM_FAILS: readonly DropReason[] = Object.freeze([
  "ipv4-fragment-length",
  "ipv4-fragment-overlap",
  "ipv4-fragment-tiny",
  "ipv4-reassembly-full",
  "ipv4-reassembly-timeout",
]);
const OUT_DISCARDS: readonly DropReason[] = Object.freeze([
  "link-down",
  "neighbor-queue-full",
  "neighbor-unreachable",
  "loopback-queue-full",
  "too-big",
]);
const ICMP_IN_ERRORS: readonly DropReason[] = Object.freeze(["icmpv4-truncated", "icmpv4-checksum"]);
const UDP_IN_ERRORS: readonly DropReason[] = Object.freeze([
  "udp-truncated",
  "udp-length",
  "udp-checksum",
  "udp-queue-full",
]);
const TCP_IN_ERRS: readonly DropReason[] = Object.freeze([
  "tcp-truncated",
  "tcp-data-offset",
  "tcp-checksum",
]);

/**
 * What a stack has counted since it was made. Names follow the SNMP MIBs: `ipX` is ipSystemStatsX and `icmpX` is icmpStatsX of
 * RFC 4293, `udpX` is RFC 4113's, `tcpX` RFC 4022's, `ifInFrames` and `ifOutFrames` stand for the interfaces' packets.
 * The MIBs' error counts are sums over `drops`, where each is counted by its reason.
 */
export class Counters {
  ifInFrames = 0;
  ifOutFrames = 0;
  arpInPkts = 0;
  arpOutPkts = 0;
  ipInReceives = 0;
  ipInDelivers = 0;
  ipInMcastPkts = 0;
  ipInBcastPkts = 0;
  ipForwDatagrams = 0;
  ipReasmReqds = 0;
  ipReasmOKs = 0;
  ipOutRequests = 0;
  ipOutMcastPkts = 0;
  ipOutBcastPkts = 0;
  ipOutFragOKs = 0;
  ipOutFragCreates = 0;
  icmpInMsgs = 0;
  icmpOutMsgs = 0;
  icmpOutErrors = 0;
  igmpInMsgs = 0;
  igmpOutMsgs = 0;
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

  get ipInHdrErrors(): number {
    return this.sum(IN_HDR_ERRORS);
  }

  get ipInTruncatedPkts(): number {
    return this.sum(IN_TRUNCATED);
  }

  get ipInAddrErrors(): number {
    return this.sum(IN_ADDR_ERRORS);
  }

  get ipInNoRoutes(): number {
    return this.drops["forward-no-route"] ?? 0;
  }

  get ipInUnknownProtos(): number {
    return this.drops["ipv4-protocol"] ?? 0;
  }

  get ipReasmFails(): number {
    return this.sum(REASM_FAILS);
  }

  get ipOutNoRoutes(): number {
    return this.drops["no-route"] ?? 0;
  }

  get ipOutDiscards(): number {
    return this.sum(OUT_DISCARDS);
  }

  /** Packets that had to be cut, and must not be. */
  get ipOutFragFails(): number {
    return this.drops["forward-too-big"] ?? 0;
  }

  get icmpInErrors(): number {
    return this.sum(ICMP_IN_ERRORS);
  }

  get udpNoPorts(): number {
    return this.drops["udp-no-port"] ?? 0;
  }

  get udpInErrors(): number {
    return this.sum(UDP_IN_ERRORS);
  }

  get tcpInErrs(): number {
    return this.sum(TCP_IN_ERRS);
  }

  private sum(reasons: readonly DropReason[]): number {
    return reasons.reduce((sum, reason) => sum + (this.drops[reason] ?? 0), 0);
  }
}
