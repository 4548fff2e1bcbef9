import { DhcpCode, describeDhcpOption, dhcpOptionName } from "../../src/wire/index.js";
import type { Branch } from "./branch.js";
import { field, hex, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

const MESSAGE_TYPES: Readonly<Record<number, string>> = Object.freeze({
  1: "Discover",
  2: "Offer",
  3: "Request",
  4: "Decline",
  5: "ACK",
  6: "NAK",
  7: "Release",
  8: "Inform",
});

export const DHCP_FIELDS = Object.freeze({
  dhcp: protocol("Dynamic Host Configuration Protocol"),
  "dhcp.type": number("Message type", { 1: "Boot Request", 2: "Boot Reply" }),
  "dhcp.hw.type": hex("Hardware type", 2, { 1: "Ethernet" }),
  "dhcp.hw.len": number("Hardware address length", "bytes"),
  "dhcp.hops": number("Hops"),
  "dhcp.id": hex("Transaction ID", 8),
  "dhcp.secs": number("Seconds elapsed"),
  "dhcp.flags": hex("Bootp flags", 4),
  "dhcp.flags.bc": field("flag", "Broadcast flag"),
  "dhcp.ip.client": field("ipv4", "Client IP address"),
  "dhcp.ip.your": field("ipv4", "Your (client) IP address"),
  "dhcp.ip.server": field("ipv4", "Next server IP address"),
  "dhcp.ip.relay": field("ipv4", "Relay agent IP address"),
  "dhcp.hw.mac_addr": field("mac", "Client MAC address"),
  "dhcp.server": field("text", "Server host name"),
  "dhcp.file": field("text", "Boot file name"),
  "dhcp.cookie": field("ipv4", "Magic cookie"),
  "dhcp.option.type": number("Option"),
  "dhcp.option.length": number("Length", "bytes"),
  "dhcp.option.value": field("bytes", "Value"),
  "dhcp.option.end": number("Option End"),
  "dhcp.option.dhcp": number("DHCP", MESSAGE_TYPES),
  "dhcp.option.subnet_mask": field("ipv4", "Subnet Mask"),
  "dhcp.option.router": field("ipv4", "Router"),
  "dhcp.option.domain_name_server": field("ipv4", "Domain Name Server"),
  "dhcp.option.hostname": field("text", "Host Name"),
  "dhcp.option.domain_name": field("text", "Domain Name"),
  "dhcp.option.broadcast_address": field("ipv4", "Broadcast Address"),
  "dhcp.option.interface_mtu": number("Interface MTU", "bytes"),
  "dhcp.option.requested_ip_address": field("ipv4", "Requested IP Address"),
  "dhcp.option.ip_address_lease_time": number("IP Address Lease Time", "s"),
  "dhcp.option.dhcp_server_id": field("ipv4", "DHCP Server Identifier"),
  "dhcp.option.request_list_item": number("Parameter Request List Item"),
  "dhcp.option.dhcp_max_message_size": number("Maximum DHCP Message Size", "bytes"),
  "dhcp.option.renewal_time_value": number("Renewal Time Value", "s"),
  "dhcp.option.rebinding_time_value": number("Rebinding Time Value", "s"),
  "dhcp.option.vendor_class_id": field("text", "Vendor class identifier"),
});

type DhcpName = keyof typeof DHCP_FIELDS;

/** Where the fields of the fixed header stand (RFC 2131 §2), in bytes from its beginning. */
const AT = Object.freeze({
  ciaddr: 12,
  yiaddr: 16,
  siaddr: 20,
  giaddr: 24,
  chaddr: 28,
  sname: 44,
  file: 108,
  cookie: 236,
  options: 240,
});

const PAD = 0;
const OVERLOAD = 52;
const MESSAGE_TYPE = 53;
const END = 255;

/** Bits of the overload option (RFC 2132 §9.3). */
const OVERLOAD_FILE = 1;
const OVERLOAD_SNAME = 2;

const ETHERNET = 1;
const MAC_LENGTH = 6;

/** Options with a field of their own, and the length of one value: 0 if it is as long as the option. */
const TYPED: Readonly<Record<number, readonly [name: DhcpName, length: number]>> = Object.freeze({
  [MESSAGE_TYPE]: ["dhcp.option.dhcp", 1],
  [DhcpCode.subnetMask]: ["dhcp.option.subnet_mask", 4],
  [DhcpCode.routers]: ["dhcp.option.router", 4],
  [DhcpCode.dnsServers]: ["dhcp.option.domain_name_server", 4],
  [DhcpCode.hostName]: ["dhcp.option.hostname", 0],
  [DhcpCode.domainName]: ["dhcp.option.domain_name", 0],
  [DhcpCode.broadcastAddress]: ["dhcp.option.broadcast_address", 4],
  [DhcpCode.interfaceMtu]: ["dhcp.option.interface_mtu", 2],
  [DhcpCode.requestedAddress]: ["dhcp.option.requested_ip_address", 4],
  [DhcpCode.leaseTime]: ["dhcp.option.ip_address_lease_time", 4],
  [DhcpCode.serverIdentifier]: ["dhcp.option.dhcp_server_id", 4],
  [DhcpCode.parameterRequestList]: ["dhcp.option.request_list_item", 1],
  [DhcpCode.maxMessageSize]: ["dhcp.option.dhcp_max_message_size", 2],
  [DhcpCode.renewalTime]: ["dhcp.option.renewal_time_value", 4],
  [DhcpCode.rebindingTime]: ["dhcp.option.rebinding_time_value", 4],
  [DhcpCode.vendorClass]: ["dhcp.option.vendor_class_id", 0],
});

/** DHCP and BOOTP (RFC 2131 §2, RFC 2132). */
export function dissectDhcp(scope: Scope): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(DHCP_FIELDS, "dhcp", scope.length);
  columns.protocol = "DHCP";
  columns.summary = "DHCP";
  if (!scope.has(AT.options)) return;
  const type = layer.add("dhcp.type", at, 1);
  columns.summary = type.text;
  const hardware = layer.add("dhcp.hw.type", at + 1, 1);
  layer.add("dhcp.hw.len", at + 2, 1);
  layer.add("dhcp.hops", at + 3, 1);
  const id = layer.add("dhcp.id", at + 4, 4).text;
  layer.add("dhcp.secs", at + 8, 2);
  const flags = layer.add("dhcp.flags", at + 10, 2);
  flags.add("dhcp.flags.bc", at + 10, 1, (bytes[at + 10]! & 0x80) !== 0);
  layer.add("dhcp.ip.client", at + AT.ciaddr, 4);
  layer.add("dhcp.ip.your", at + AT.yiaddr, 4);
  layer.add("dhcp.ip.server", at + AT.siaddr, 4);
  layer.add("dhcp.ip.relay", at + AT.giaddr, 4);
  if (hardware.value === ETHERNET && bytes[at + 2] === MAC_LENGTH)
    layer.add("dhcp.hw.mac_addr", at + AT.chaddr, MAC_LENGTH);
  layer.add("dhcp.cookie", at + AT.cookie, 4);
  const found = addOptions(scope, layer, at + AT.options, scope.end);
  const overload = found.overload ?? 0;
  if ((overload & OVERLOAD_FILE) !== 0) addOptions(scope, layer, at + AT.file, at + AT.cookie);
  else addText(bytes, layer, "dhcp.file", at + AT.file, at + AT.cookie);
  if ((overload & OVERLOAD_SNAME) !== 0) addOptions(scope, layer, at + AT.sname, at + AT.file);
  else addText(bytes, layer, "dhcp.server", at + AT.sname, at + AT.file);
  if (found.message === undefined) return;
  const message = MESSAGE_TYPES[found.message] ?? `message ${found.message}`;
  layer.text = `(${message})`;
  columns.summary = `DHCP ${message} - Transaction ID ${id.replace(/^0x0*(?=.)/, "0x")}`;
}

/** A name that fills its place with zeros; none if there is nothing but these. */
function addText(bytes: Uint8Array, layer: Branch<DhcpName>, name: DhcpName, at: number, end: number): void {
  let length = 0;
  while (at + length < end && bytes[at + length] !== 0) length++;
  if (length > 0) layer.add(name, at, length);
}

interface Found {
  message?: number;
  overload?: number;
}

function addOptions(scope: Scope, layer: Branch<DhcpName>, at: number, end: number): Found {
  const { bytes } = scope;
  const found: Found = {};
  while (at < end) {
    const code = bytes[at]!;
    if (code === PAD) {
      at++;
      continue;
    }
    if (code === END) {
      layer.add("dhcp.option.type", at, 1, code, "(255) End").add("dhcp.option.end", at, 1);
      break;
    }
    const length = bytes[at + 1] ?? 0;
    if (at + 2 + length > end) {
      scope.malformed(`option ${code} is cut off`);
      break;
    }
    addOption(bytes, layer, at, code, length);
    if (code === MESSAGE_TYPE && length === 1) found.message = bytes[at + 2]!;
    if (code === OVERLOAD && length === 1) found.overload = bytes[at + 2]!;
    at += 2 + length;
  }
  return found;
}

function addOption(
  bytes: Uint8Array,
  layer: Branch<DhcpName>,
  at: number,
  code: number,
  length: number,
): void {
  const value = bytes.subarray(at + 2, at + 2 + length);
  const option = layer.add("dhcp.option.type", at, 2 + length, code);
  option.add("dhcp.option.length", at + 1, 1);
  if (length > 0) option.add("dhcp.option.value", at + 2, length);
  const told =
    code === MESSAGE_TYPE ? (MESSAGE_TYPES[value[0] ?? 0] ?? "unknown") : describeDhcpOption(code, value);
  option.text = `(${code}) ${nameOf(code)}: ${told}`;
  addTyped(option, at + 2, code, length);
}

function nameOf(code: number): string {
  return code === MESSAGE_TYPE ? "DHCP Message Type" : (dhcpOptionName(code) ?? "Option");
}

function addTyped(option: Branch<DhcpName>, at: number, code: number, length: number): void {
  if (code === DhcpCode.clientIdentifier && length === 1 + MAC_LENGTH) {
    const type = option.add("dhcp.hw.type", at, 1);
    if (type.value === ETHERNET) option.add("dhcp.hw.mac_addr", at + 1, MAC_LENGTH);
  }
  const [name, each] = TYPED[code] ?? [];
  if (name === undefined || each === undefined || length === 0) return;
  const step = each === 0 ? length : each;
  for (let from = 0; from + step <= length; from += step) {
    const added = option.add(name, at + from, step);
    if (code === DhcpCode.parameterRequestList) added.text = `(${added.text}) ${nameOf(Number(added.value))}`;
  }
}
