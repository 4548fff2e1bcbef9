import {
  IPV4_HEADER_LENGTH,
  PROTOCOL_ICMP,
  PROTOCOL_IGMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  checksumIsGood,
  ipv4Destination,
  ipv4FragmentOffset,
  ipv4HasMoreFragments,
  ipv4HeaderLength,
  ipv4Identification,
  ipv4IsFragment,
  ipv4PseudoSum,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
  ipv4TypeOfService,
} from "../../src/wire/index.js";
import { addChecksum, CHECKSUM_STATUS } from "./checksum.js";
import { field, hex, number, protocol } from "./field-type.js";
import { dissectIcmpv4 } from "./icmpv4.js";
import { dissectIgmp } from "./igmp.js";
import { addIpv4Options } from "./ipv4-options.js";
import type { Scope } from "./scope.js";
import { dissectTcp } from "./tcp.js";
import { dissectUdp } from "./udp.js";

export const IP_PROTOCOLS: Readonly<Record<number, string>> = Object.freeze({
  0: "IPv6 Hop-by-Hop Option",
  [PROTOCOL_ICMP]: "ICMP",
  [PROTOCOL_IGMP]: "IGMP",
  [PROTOCOL_TCP]: "TCP",
  [PROTOCOL_UDP]: "UDP",
  41: "IPv6",
  43: "Routing Header for IPv6",
  44: "Fragment Header for IPv6",
  47: "GRE",
  50: "ESP",
  51: "AH",
  58: "IPv6-ICMP",
  59: "No Next Header for IPv6",
  60: "Destination Options for IPv6",
  89: "OSPF IGP",
});

/** Codepoints of RFC 3168 §5. */
const ECN = Object.freeze({ 0: "Not-ECT", 1: "ECT(1)", 2: "ECT(0)", 3: "CE" });

export const IPV4_FIELDS = Object.freeze({
  ip: protocol("Internet Protocol Version 4"),
  "ip.version": number("Version"),
  "ip.hdr_len": number("Header Length", "bytes"),
  "ip.dsfield": hex("Differentiated Services Field", 2),
  "ip.dsfield.dscp": number("Differentiated Services Codepoint"),
  "ip.dsfield.ecn": number("Explicit Congestion Notification", ECN),
  "ip.len": number("Total Length", "bytes"),
  "ip.id": hex("Identification", 4),
  "ip.flags": hex("Flags", 1),
  "ip.flags.rb": field("flag", "Reserved bit"),
  "ip.flags.df": field("flag", "Don't fragment"),
  "ip.flags.mf": field("flag", "More fragments"),
  "ip.frag_offset": number("Fragment Offset", "· 8 bytes"),
  "ip.ttl": number("Time to Live"),
  "ip.proto": number("Protocol", IP_PROTOCOLS),
  "ip.checksum": hex("Header Checksum", 4),
  "ip.checksum.status": number("Header checksum status", CHECKSUM_STATUS),
  "ip.src": field("ipv4", "Source Address"),
  "ip.dst": field("ipv4", "Destination Address"),
  "ip.opt.type": number("Option", {
    0: "End of Options List",
    1: "No Operation",
    7: "Record Route",
    68: "Time Stamp",
    131: "Loose Source Route",
    137: "Strict Source Route",
    148: "Router Alert",
  }),
  "ip.opt.len": number("Length", "bytes"),
  "ip.opt.ra": number("Router Alert", { 0: "Router shall examine packet" }),
  "ip.opt.data": field("bytes", "Data"),
});

/** IPv4 (RFC 791). @returns where the packet ends, which may be before the frame does */
export function dissectIpv4(scope: Scope): number {
  const { at, bytes, columns } = scope;
  const headerLength = ipv4HeaderLength(bytes, at);
  const layer = scope.layer(IPV4_FIELDS, "ip", Math.max(IPV4_HEADER_LENGTH, headerLength));
  columns.protocol = "IPv4";
  columns.summary = "IPv4";
  if (!scope.has(IPV4_HEADER_LENGTH)) return scope.end;
  const version = bytes[at]! >> 4;
  layer.add("ip.version", at, 1, version);
  layer.add("ip.hdr_len", at, 1, headerLength);
  const service = layer.add("ip.dsfield", at + 1, 1);
  service.add("ip.dsfield.dscp", at + 1, 1, ipv4TypeOfService(bytes, at) >> 2);
  service.add("ip.dsfield.ecn", at + 1, 1, ipv4TypeOfService(bytes, at) & 3);
  layer.add("ip.len", at + 2, 2);
  layer.add("ip.id", at + 4, 2);
  const bits = bytes[at + 6]! >> 5;
  const flags = layer.add("ip.flags", at + 6, 1, bits);
  flags.add("ip.flags.rb", at + 6, 1, (bits & 4) !== 0);
  flags.add("ip.flags.df", at + 6, 1, (bits & 2) !== 0);
  flags.add("ip.flags.mf", at + 6, 1, (bits & 1) !== 0);
  const offset = ipv4FragmentOffset(bytes, at);
  layer.add("ip.frag_offset", at + 6, 2, offset / 8);
  layer.add("ip.ttl", at + 8, 1);
  layer.add("ip.proto", at + 9, 1);
  const checksum = layer.add("ip.checksum", at + 10, 2);
  columns.source = layer.add("ip.src", at + 12, 4).text;
  columns.destination = layer.add("ip.dst", at + 16, 4).text;
  layer.text = `Src: ${columns.source}, Dst: ${columns.destination}`;

  if (version !== 4) {
    scope.malformed(`version ${version}`);
    return scope.end;
  }
  if (headerLength < IPV4_HEADER_LENGTH) {
    scope.malformed(`a header of ${headerLength} bytes`);
    return scope.end;
  }
  if (!scope.has(headerLength)) return scope.end;
  addChecksum(scope, layer, checksum, "ip.checksum.status", checksumIsGood(0, bytes, at, headerLength));
  addIpv4Options(scope, layer, at + IPV4_HEADER_LENGTH, at + headerLength);
  const total = ipv4TotalLength(bytes, at);
  if (total < headerLength) {
    scope.malformed(`a total length of ${total} bytes`);
    return scope.end;
  }
  scope.has(total);
  const end = Math.min(at + total, scope.end);
  const isFragment = ipv4IsFragment(bytes, at);
  const payload = scope.inner(at + headerLength, end, isFragment || at + total > end);
  if (offset === 0) dissectPayload(payload, at);
  else payload.data(payload.at);
  if (isFragment) {
    const type = ipv4Protocol(bytes, at);
    const id = ipv4Identification(bytes, at).toString(16).padStart(4, "0");
    const last = ipv4HasMoreFragments(bytes, at) ? "" : ", the last";
    columns.protocol = "IPv4";
    columns.summary = `Fragmented IP protocol (proto=${IP_PROTOCOLS[type] ?? "unknown"} ${type}, off=${offset}, ID=${id}${last})`;
  }
  return end;
}

/** @param header where the header of the packet is whose payload it is */
function dissectPayload(scope: Scope, header: number): void {
  const { bytes } = scope;
  const type = ipv4Protocol(bytes, header);
  const pseudoSum = ipv4PseudoSum(
    ipv4Source(bytes, header),
    ipv4Destination(bytes, header),
    type,
    scope.length,
  );
  switch (type) {
    case PROTOCOL_ICMP:
      return dissectIcmpv4(scope, dissectIpv4);
    case PROTOCOL_IGMP:
      return dissectIgmp(scope);
    case PROTOCOL_TCP:
      return dissectTcp(scope, pseudoSum);
    case PROTOCOL_UDP:
      return dissectUdp(scope, pseudoSum);
    default:
      scope.columns.summary = `${IP_PROTOCOLS[type] ?? "Protocol"} (${type})`;
      scope.data(scope.at);
  }
}
