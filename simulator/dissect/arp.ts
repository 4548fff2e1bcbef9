import { ARP_LENGTH, ARP_REPLY, ARP_REQUEST, ETHER_TYPE_IPV4, MAC_LENGTH } from "../../src/wire/index.js";
import { readNumber } from "./branch.js";
import { field, hex, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

/** Up to the addresses, whose lengths are told there. */
const FIXED_LENGTH = 8;
const IPV4_LENGTH = 4;
const UNSPECIFIED = "0.0.0.0";

export const ARP_FIELDS = Object.freeze({
  arp: protocol("Address Resolution Protocol"),
  "arp.hw.type": number("Hardware type", { 1: "Ethernet" }),
  "arp.proto.type": hex("Protocol type", 4, { [ETHER_TYPE_IPV4]: "IPv4" }),
  "arp.hw.size": number("Hardware size", "bytes"),
  "arp.proto.size": number("Protocol size", "bytes"),
  "arp.opcode": number("Opcode", { [ARP_REQUEST]: "request", [ARP_REPLY]: "reply" }),
  "arp.isprobe": field("flag", "Is probe"),
  "arp.isgratuitous": field("flag", "Is gratuitous"),
  "arp.isannouncement": field("flag", "Is announcement"),
  "arp.src.hw_mac": field("mac", "Sender MAC address"),
  "arp.src.proto_ipv4": field("ipv4", "Sender IP address"),
  "arp.dst.hw_mac": field("mac", "Target MAC address"),
  "arp.dst.proto_ipv4": field("ipv4", "Target IP address"),
});

/** ARP (RFC 826), its probes and announcements (RFC 5227 §1.1). @returns where it ends */
export function dissectArp(scope: Scope): number {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(ARP_FIELDS, "arp", ARP_LENGTH);
  columns.protocol = "ARP";
  columns.summary = "ARP";
  if (!scope.has(FIXED_LENGTH)) return scope.end;
  layer.add("arp.hw.type", at, 2);
  layer.add("arp.proto.type", at + 2, 2);
  layer.add("arp.hw.size", at + 4, 1);
  layer.add("arp.proto.size", at + 5, 1);
  const opcode = layer.add("arp.opcode", at + 6, 2);
  layer.text = opcode.text;
  if (bytes[at + 4] !== MAC_LENGTH || bytes[at + 5] !== IPV4_LENGTH) {
    scope.malformed("addresses of unknown length");
    return scope.end;
  }
  if (!scope.has(ARP_LENGTH)) return scope.end;
  const operation = readNumber(bytes, at + 6, 2);
  const senderMac = layer.add("arp.src.hw_mac", at + 8, 6).text;
  const sender = layer.add("arp.src.proto_ipv4", at + 14, 4).text;
  layer.add("arp.dst.hw_mac", at + 18, 6);
  const target = layer.add("arp.dst.proto_ipv4", at + 24, 4).text;
  const isProbe = operation === ARP_REQUEST && sender === UNSPECIFIED;
  const isGratuitous = sender === target;
  const isAnnouncement = isGratuitous && operation === ARP_REQUEST;
  if (isProbe) layer.add("arp.isprobe", at + 14, 4, true);
  if (isGratuitous) layer.add("arp.isgratuitous", at + 6, 2, true);
  if (isAnnouncement) layer.add("arp.isannouncement", at + 6, 2, true);
  if (isProbe) columns.summary = `Who has ${target}? (ARP Probe)`;
  else if (isAnnouncement) columns.summary = `ARP Announcement for ${sender}`;
  else if (isGratuitous) columns.summary = `Gratuitous ARP for ${sender} (Reply)`;
  else if (operation === ARP_REQUEST) columns.summary = `Who has ${target}? Tell ${sender}`;
  else if (operation === ARP_REPLY) columns.summary = `${sender} is at ${senderMac}`;
  else columns.summary = `Opcode ${operation}`;
  return at + ARP_LENGTH;
}
