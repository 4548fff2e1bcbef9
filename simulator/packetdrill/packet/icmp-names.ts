/** ICMP's types and codes (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1) by the names that scripts have for them. */
const TYPES: Readonly<Record<string, number>> = Object.freeze({
  echo_reply: 0,
  unreachable: 3,
  source_quench: 4,
  redirect: 5,
  echo_request: 8,
  time_exceeded: 11,
  parameter_problem: 12,
  timestamp_request: 13,
  timestamp_reply: 14,
  information_request: 15,
  information_reply: 16,
  address_mask_request: 17,
  address_mask_reply: 18,
});

const UNREACHABLE_CODES: Readonly<Record<string, number>> = Object.freeze({
  net_unreachable: 0,
  host_unreachable: 1,
  protocol_unreachable: 2,
  port_unreachable: 3,
  frag_needed: 4,
  source_route_failed: 5,
  net_unknown: 6,
  host_unknown: 7,
  source_host_isolated: 8,
  net_prohibited: 9,
  host_prohibited: 10,
  net_unreachable_for_tos: 11,
  host_unreachable_for_tos: 12,
  packet_filtered: 13,
  precedence_violation: 14,
  precedence_cutoff: 15,
});

export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_FRAGMENTATION_NEEDED = 4;

/** The number of a type: its name, or `type_N`. */
export function icmpType(name: string): number | undefined {
  return TYPES[name] ?? numbered(name, "type_");
}

/** The number of a code: the name that it has with this type, or `code_N`. */
export function icmpCode(type: number, name: string): number | undefined {
  return (type === ICMP_UNREACHABLE ? UNREACHABLE_CODES[name] : undefined) ?? numbered(name, "code_");
}

export function formatIcmpType(type: number, code: number): string {
  const typeName = nameOf(TYPES, type) ?? `type_${type}`;
  const codeName = type === ICMP_UNREACHABLE ? nameOf(UNREACHABLE_CODES, code) : undefined;
  if (codeName === undefined && code === 0) return typeName;
  return `${typeName} ${codeName ?? `code_${code}`}`;
}

function numbered(name: string, prefix: string): number | undefined {
  const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
  return Number.isInteger(number) && number >= 0 && number <= 255 ? number : undefined;
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.keys(names).find((name) => names[name] === value);
}
