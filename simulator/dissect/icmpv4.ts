import {
  ICMPV4_ECHO_REPLY,
  ICMPV4_ECHO_REQUEST,
  ICMPV4_HEADER_LENGTH,
  ICMPV4_PARAMETER_PROBLEM,
  ICMPV4_REDIRECT,
  ICMPV4_TIME_EXCEEDED,
  ICMPV4_UNREACHABLE,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  checksumIsGood,
  icmpv4Code,
  icmpv4Identifier,
  icmpv4Sequence,
  icmpv4Type,
} from "../../src/wire/index.js";
import { addChecksum, CHECKSUM_STATUS } from "./checksum.js";
import { field, hex, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

const TYPES: Readonly<Record<number, string>> = Object.freeze({
  [ICMPV4_ECHO_REPLY]: "Echo (ping) reply",
  [ICMPV4_UNREACHABLE]: "Destination unreachable",
  4: "Source quench",
  [ICMPV4_REDIRECT]: "Redirect",
  [ICMPV4_ECHO_REQUEST]: "Echo (ping) request",
  9: "Router advertisement",
  10: "Router solicitation",
  [ICMPV4_TIME_EXCEEDED]: "Time-to-live exceeded",
  [ICMPV4_PARAMETER_PROBLEM]: "Parameter problem",
  13: "Timestamp request",
  14: "Timestamp reply",
});

/** What the code says, for the types where it says something (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1). */
const CODES: Readonly<Record<number, readonly string[]>> = Object.freeze({
  [ICMPV4_UNREACHABLE]: Object.freeze([
    "Network unreachable",
    "Host unreachable",
    "Protocol unreachable",
    "Port unreachable",
    "Fragmentation needed",
    "Source route failed",
    "Destination network unknown",
    "Destination host unknown",
    "Source host isolated",
    "Network administratively prohibited",
    "Host administratively prohibited",
    "Network unreachable for TOS",
    "Host unreachable for TOS",
    "Communication administratively filtered",
  ]),
  [ICMPV4_REDIRECT]: Object.freeze([
    "Redirect for network",
    "Redirect for host",
    "Redirect for TOS and network",
    "Redirect for TOS and host",
  ]),
  [ICMPV4_TIME_EXCEEDED]: Object.freeze([
    "Time to live exceeded in transit",
    "Fragment reassembly time exceeded",
  ]),
});

/** Types that quote the packet which they are about. */
const ERRORS: readonly number[] = Object.freeze([
  ICMPV4_UNREACHABLE,
  4,
  ICMPV4_REDIRECT,
  ICMPV4_TIME_EXCEEDED,
  ICMPV4_PARAMETER_PROBLEM,
]);

export const ICMPV4_FIELDS = Object.freeze({
  icmp: protocol("Internet Control Message Protocol"),
  "icmp.type": number("Type", TYPES),
  "icmp.code": number("Code"),
  "icmp.checksum": hex("Checksum", 4),
  "icmp.checksum.status": number("Checksum Status", CHECKSUM_STATUS),
  "icmp.ident": number("Identifier"),
  "icmp.seq": number("Sequence Number"),
  "icmp.mtu": number("MTU of next hop", "bytes"),
  "icmp.redir_gw": field("ipv4", "Gateway Address"),
  "icmp.pointer": number("Pointer"),
});

/** ICMP (RFC 792). @param dissectQuoted reads the packet that an error quotes */
export function dissectIcmpv4(scope: Scope, dissectQuoted: (scope: Scope) => void): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(ICMPV4_FIELDS, "icmp", ICMPV4_HEADER_LENGTH);
  columns.protocol = "ICMP";
  columns.summary = "ICMP";
  if (!scope.has(ICMPV4_HEADER_LENGTH)) return;
  const type = icmpv4Type(bytes, at);
  const code = icmpv4Code(bytes, at);
  const meaning = CODES[type]?.[code];
  const typeName = TYPES[type] ?? `Type ${type}`;
  layer.text = typeName;
  layer.add("icmp.type", at, 1);
  layer.add("icmp.code", at + 1, 1, code, meaning === undefined ? undefined : `${meaning} (${code})`);
  const checksum = layer.add("icmp.checksum", at + 2, 2);
  const isGood = scope.isPartial ? undefined : checksumIsGood(0, bytes, at, scope.length);
  addChecksum(scope, layer, checksum, "icmp.checksum.status", isGood);
  columns.summary = meaning === undefined ? typeName : `${typeName} (${meaning})`;
  const rest = at + ICMPV4_HEADER_LENGTH;
  if (type === ICMPV4_ECHO_REQUEST || type === ICMPV4_ECHO_REPLY) {
    const id = layer.add("icmp.ident", at + 4, 2);
    layer.add("icmp.seq", at + 6, 2);
    id.text = `0x${icmpv4Identifier(bytes, at).toString(16).padStart(4, "0")}`;
    columns.summary = `${typeName}  id=${id.text}, seq=${icmpv4Sequence(bytes, at)}`;
  }
  if (!ERRORS.includes(type)) return scope.data(rest);
  if (type === ICMPV4_UNREACHABLE && code === UNREACHABLE_FRAGMENTATION_NEEDED)
    layer.add("icmp.mtu", at + 6, 2);
  if (type === ICMPV4_REDIRECT) layer.add("icmp.redir_gw", at + 4, 4);
  if (type === ICMPV4_PARAMETER_PROBLEM) layer.add("icmp.pointer", at + 4, 1);
  dissectQuoted(scope.quoted(rest));
}
