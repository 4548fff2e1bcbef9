import { PROTOCOL_TCP, PROTOCOL_UDP, addToChecksum, checksumIsGood } from "../../src/wire/index.js";
import { readNumber } from "./branch.js";
import { addChecksum, CHECKSUM_STATUS } from "./checksum.js";
import { field, hex, number, protocol } from "./field-type.js";
import { IP_PROTOCOLS } from "./ipv4.js";
import type { Scope } from "./scope.js";
import { dissectTcp } from "./tcp.js";
import { dissectUdp } from "./udp.js";

const HEADER_LENGTH = 40;
const ADDRESSES_LENGTH = 32;
const PROTOCOL_ICMPV6 = 58;
const ICMPV6_HEADER_LENGTH = 4;

const ICMPV6_TYPES: Readonly<Record<number, string>> = Object.freeze({
  1: "Destination Unreachable",
  2: "Packet Too Big",
  3: "Time Exceeded",
  4: "Parameter Problem",
  128: "Echo (ping) request",
  129: "Echo (ping) reply",
  130: "Multicast Listener Query",
  131: "Multicast Listener Report",
  132: "Multicast Listener Done",
  133: "Router Solicitation",
  134: "Router Advertisement",
  135: "Neighbor Solicitation",
  136: "Neighbor Advertisement",
  137: "Redirect",
  143: "Multicast Listener Report Message v2",
});

export const IPV6_FIELDS = Object.freeze({
  ipv6: protocol("Internet Protocol Version 6"),
  "ipv6.version": number("Version"),
  "ipv6.tclass": hex("Traffic Class", 2),
  "ipv6.flow": hex("Flow Label", 5),
  "ipv6.plen": number("Payload Length", "bytes"),
  "ipv6.nxt": number("Next Header", IP_PROTOCOLS),
  "ipv6.hlim": number("Hop Limit"),
  "ipv6.src": field("ipv6", "Source Address"),
  "ipv6.dst": field("ipv6", "Destination Address"),
});

export const ICMPV6_FIELDS = Object.freeze({
  icmpv6: protocol("Internet Control Message Protocol v6"),
  "icmpv6.type": number("Type", ICMPV6_TYPES),
  "icmpv6.code": number("Code"),
  "icmpv6.checksum": hex("Checksum", 4),
  "icmpv6.checksum.status": number("Checksum Status", CHECKSUM_STATUS),
});

/** IPv6's header (RFC 8200 §3), without the headers that extend it. @returns where the packet ends */
export function dissectIpv6(scope: Scope): number {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(IPV6_FIELDS, "ipv6", HEADER_LENGTH);
  columns.protocol = "IPv6";
  columns.summary = "IPv6";
  if (!scope.has(HEADER_LENGTH)) return scope.end;
  const word = readNumber(bytes, at, 4);
  layer.add("ipv6.version", at, 1, word >>> 28);
  layer.add("ipv6.tclass", at, 2, (word >>> 20) & 0xff);
  layer.add("ipv6.flow", at + 1, 3, word & 0xfffff);
  layer.add("ipv6.plen", at + 4, 2);
  const next = layer.add("ipv6.nxt", at + 6, 1);
  layer.add("ipv6.hlim", at + 7, 1);
  columns.source = layer.add("ipv6.src", at + 8, 16).text;
  columns.destination = layer.add("ipv6.dst", at + 24, 16).text;
  layer.text = `Src: ${columns.source}, Dst: ${columns.destination}`;
  const length = readNumber(bytes, at + 4, 2);
  scope.has(HEADER_LENGTH + length);
  const payload = scope.inner(at + HEADER_LENGTH, Math.min(at + HEADER_LENGTH + length, scope.end));
  const type = bytes[at + 6]!;
  // RFC 8200 §8.1.
  const pseudoSum = addToChecksum(type + payload.length, bytes, at + 8, ADDRESSES_LENGTH);
  if (type === PROTOCOL_TCP) dissectTcp(payload, pseudoSum);
  else if (type === PROTOCOL_UDP) dissectUdp(payload, pseudoSum);
  else if (type === PROTOCOL_ICMPV6) dissectIcmpv6(payload, pseudoSum);
  else {
    columns.summary = next.text;
    payload.data(payload.at);
  }
  return payload.end;
}

/** The fixed header (RFC 4443 §2.1). */
function dissectIcmpv6(scope: Scope, pseudoSum: number): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(ICMPV6_FIELDS, "icmpv6", ICMPV6_HEADER_LENGTH);
  columns.protocol = "ICMPv6";
  columns.summary = "ICMPv6";
  if (!scope.has(ICMPV6_HEADER_LENGTH)) return;
  const type = layer.add("icmpv6.type", at, 1);
  layer.add("icmpv6.code", at + 1, 1);
  const checksum = layer.add("icmpv6.checksum", at + 2, 2);
  const isGood = checksumIsGood(pseudoSum, bytes, at, scope.length);
  addChecksum(scope, layer, checksum, "icmpv6.checksum.status", isGood);
  columns.summary = layer.text = ICMPV6_TYPES[bytes[at]!] ?? type.text;
  scope.data(at + ICMPV6_HEADER_LENGTH);
}
