import {
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  ETHER_TYPE_IPV6,
  ETHERNET_HEADER_LENGTH,
} from "../../src/wire/index.js";
import { dissectArp } from "./arp.js";
import { readNumber } from "./branch.js";
import { field, hex, number, protocol } from "./field-type.js";
import { dissectIpv4 } from "./ipv4.js";
import { dissectIpv6 } from "./ipv6.js";
import type { Scope } from "./scope.js";

const ETHER_TYPE_VLAN = 0x8100;
const ETHER_TYPE_SERVICE_VLAN = 0x88a8;
/** EtherTypes begin here; what is less is a length (IEEE 802.3 §3.2.6). */
const FIRST_ETHER_TYPE = 0x0600;
/** Priority, drop eligibility and VLAN, and the EtherType of what follows (IEEE 802.1Q §9.6). */
const VLAN_TAG_LENGTH = 4;

const ETHER_TYPES = Object.freeze({
  [ETHER_TYPE_IPV4]: "IPv4",
  [ETHER_TYPE_ARP]: "ARP",
  [ETHER_TYPE_IPV6]: "IPv6",
  [ETHER_TYPE_VLAN]: "802.1Q Virtual LAN",
  [ETHER_TYPE_SERVICE_VLAN]: "802.1ad Provider Bridge",
  0x888e: "802.1X Authentication",
  0x88b5: "Local Experimental Ethertype 1",
  0x88b6: "Local Experimental Ethertype 2",
  0x88cc: "802.1 Link Layer Discovery Protocol",
});

export const ETHERNET_FIELDS = Object.freeze({
  eth: protocol("Ethernet II"),
  "eth.dst": field("mac", "Destination"),
  "eth.src": field("mac", "Source"),
  "eth.type": hex("Type", 4, ETHER_TYPES),
  "eth.len": number("Length", "bytes"),
  "eth.padding": field("bytes", "Padding"),
});

export const VLAN_FIELDS = Object.freeze({
  vlan: protocol("802.1Q Virtual LAN"),
  "vlan.priority": number("Priority"),
  "vlan.dei": field("flag", "Drop eligible"),
  "vlan.id": number("ID"),
  "vlan.etype": hex("Type", 4, ETHER_TYPES),
});

/** Ethernet II and IEEE 802.3, with VLAN tags (IEEE 802.1Q). */
export function dissectEthernet(scope: Scope): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(ETHERNET_FIELDS, "eth", ETHERNET_HEADER_LENGTH);
  if (!scope.has(ETHERNET_HEADER_LENGTH)) return;
  columns.destination = layer.add("eth.dst", at, 6).text;
  columns.source = layer.add("eth.src", at + 6, 6).text;
  columns.summary = "Ethernet II";
  layer.text = `Src: ${columns.source}, Dst: ${columns.destination}`;
  const type = readNumber(bytes, at + 12, 2);
  const payload = scope.inner(at + ETHERNET_HEADER_LENGTH, scope.end);
  if (type < FIRST_ETHER_TYPE) {
    layer.add("eth.len", at + 12, 2);
    columns.protocol = "LLC";
    columns.summary = "IEEE 802.3";
    payload.data(payload.at);
    return;
  }
  layer.add("eth.type", at + 12, 2);
  const end = dissectEtherType(type, payload);
  // Short frames are filled up to 60 bytes (IEEE 802.3 §4.2.3.3).
  if (end < scope.end) layer.add("eth.padding", end, scope.end - end);
}

/** @returns where what the type says ends */
function dissectEtherType(type: number, scope: Scope): number {
  switch (type) {
    case ETHER_TYPE_IPV4:
      return dissectIpv4(scope);
    case ETHER_TYPE_ARP:
      return dissectArp(scope);
    case ETHER_TYPE_IPV6:
      return dissectIpv6(scope);
    case ETHER_TYPE_VLAN:
    case ETHER_TYPE_SERVICE_VLAN:
      return dissectVlan(scope);
    default:
      scope.columns.protocol = `0x${type.toString(16).padStart(4, "0")}`;
      scope.data(scope.at);
      return scope.end;
  }
}

function dissectVlan(scope: Scope): number {
  const { at, bytes } = scope;
  const layer = scope.layer(VLAN_FIELDS, "vlan", VLAN_TAG_LENGTH);
  scope.columns.protocol = "VLAN";
  if (!scope.has(VLAN_TAG_LENGTH)) return scope.end;
  const tag = readNumber(bytes, at, 2);
  layer.add("vlan.priority", at, 2, tag >> 13);
  layer.add("vlan.dei", at, 2, (tag & 0x1000) !== 0);
  layer.add("vlan.id", at, 2, tag & 0x0fff);
  layer.text = `ID: ${tag & 0x0fff}`;
  const type = readNumber(bytes, at + 2, 2);
  layer.add("vlan.etype", at + 2, 2);
  return dissectEtherType(type, scope.inner(at + VLAN_TAG_LENGTH, scope.end));
}
