import { ARP_FIELDS } from "./arp.js";
import { DHCP_FIELDS } from "./dhcp.js";
import { DNS_FIELDS } from "./dns.js";
import { ETHERNET_FIELDS, VLAN_FIELDS } from "./ethernet.js";
import type { Dissection, Field } from "./field.js";
import type { FieldTypes } from "./field-type.js";
import { FRAME_FIELDS } from "./frame.js";
import { HTTP_FIELDS } from "./http.js";
import { ICMPV4_FIELDS } from "./icmpv4.js";
import { IGMP_FIELDS } from "./igmp.js";
import { IPV4_FIELDS } from "./ipv4.js";
import { ICMPV6_FIELDS, IPV6_FIELDS } from "./ipv6.js";
import { COMMON_FIELDS } from "./scope.js";
import { TCP_FIELDS } from "./tcp.js";
import { UDP_FIELDS } from "./udp.js";

/** Every field that a dissection may have, by name. */
export const FIELDS: FieldTypes = Object.freeze({
  ...FRAME_FIELDS,
  ...ETHERNET_FIELDS,
  ...VLAN_FIELDS,
  ...ARP_FIELDS,
  ...IPV4_FIELDS,
  ...ICMPV4_FIELDS,
  ...IGMP_FIELDS,
  ...IPV6_FIELDS,
  ...ICMPV6_FIELDS,
  ...UDP_FIELDS,
  ...TCP_FIELDS,
  ...DHCP_FIELDS,
  ...DNS_FIELDS,
  ...HTTP_FIELDS,
  ...COMMON_FIELDS,
});

/** Names for several fields of one kind at once, and other names for one. */
export const ALIASES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  "eth.addr": ["eth.dst", "eth.src"],
  "ip.addr": ["ip.src", "ip.dst"],
  "ipv6.addr": ["ipv6.src", "ipv6.dst"],
  "tcp.port": ["tcp.srcport", "tcp.dstport"],
  "udp.port": ["udp.srcport", "udp.dstport"],
  port: ["tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"],
  mac: ["eth.dst", "eth.src"],
  malformed: ["_ws.malformed"],
  "tcp.seq_raw": ["tcp.seq"],
  "tcp.ack_raw": ["tcp.ack"],
  "tcp.flags.psh": ["tcp.flags.push"],
  "tcp.flags.rst": ["tcp.flags.reset"],
});

/** Whether it is a field or stands for some. */
export function isFieldName(name: string): boolean {
  return Object.hasOwn(FIELDS, name) || Object.hasOwn(ALIASES, name);
}

/** All fields of that name in a frame, in the order in which a tree shows them. */
export function findFields({ layers }: Dissection, name: string): Field[] {
  const names = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : [name];
  const found: Field[] = [];
  collect(layers, names, found);
  return found;
}

function collect(fields: readonly Field[], names: readonly string[], found: Field[]): void {
  for (const field of fields) {
    if (names.includes(field.name)) found.push(field);
    if (field.fields.length > 0) collect(field.fields, names, found);
  }
}
