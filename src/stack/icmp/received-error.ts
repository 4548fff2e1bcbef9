import {
  ICMPV4_HEADER_LENGTH,
  ICMPV4_UNREACHABLE,
  icmpv4Code,
  icmpv4NextHopMtu,
  icmpv4Type,
} from "../../wire/icmpv4.js";
import {
  IPV4_HEADER_LENGTH,
  checkIpv4,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFirstFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from "../../wire/ipv4.js";
import type { Packet } from "../ip/packet.js";
import type { Stack } from "../stack.js";

/** RFC 792: an error quotes the IP header and 64 bits of what follows, at least. */
const QUOTED_PAYLOAD = 8;

/** An error that somebody reports about a packet that this host has sent. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** The packet's source, which is an address of this host, and its destination: as `Ipv4Address.value`. */
  readonly source32: number;
  readonly destination32: number;
  readonly protocol: number;
  /** The whole packet's length in bytes, as it was sent. */
  readonly length: number;
  /** Of "fragmentation needed": the largest packet that the next link carries; 0 if the router does not say. */
  readonly nextHopMtu: number;
  /** The first eight bytes of its transport header stand here. */
  readonly bytes: Uint8Array;
  readonly at: number;
  /** When it was heard, in monotonic ms. */
  readonly now: number;
}

/** Reads the packet that an ICMP error quotes. @returns why it is not believed, else the error */
export function readError(
  stack: Stack,
  { bytes, at, end, now }: Packet,
): IcmpError | "icmpv4-truncated" | "icmpv4-quoted" | "icmpv4-not-ours" {
  const quoted = at + ICMPV4_HEADER_LENGTH;
  if (end - quoted < IPV4_HEADER_LENGTH + QUOTED_PAYLOAD) return "icmpv4-truncated";
  // What is quoted is cut short, so its total length exceeds what is here; the header must be whole all the same.
  const fault = checkIpv4(bytes, quoted, end, false);
  if (fault !== undefined && fault !== "ipv4-total-length") return "icmpv4-quoted";
  const headerLength = ipv4HeaderLength(bytes, quoted);
  if (end - quoted < headerLength + QUOTED_PAYLOAD) return "icmpv4-truncated";
  const source32 = ipv4Source(bytes, quoted);
  // The first fragment has the ports; the others say nothing that could be checked.
  if (!stack.ownsIpv4(source32) || !ipv4IsFirstFragment(bytes, quoted)) return "icmpv4-not-ours";
  return {
    type: icmpv4Type(bytes, at),
    code: icmpv4Code(bytes, at),
    source32,
    destination32: ipv4Destination(bytes, quoted),
    protocol: ipv4Protocol(bytes, quoted),
    length: ipv4TotalLength(bytes, quoted),
    nextHopMtu: icmpv4NextHopMtu(bytes, at),
    bytes,
    at: quoted + headerLength,
    now,
  };
}

/** The error that nobody has sent: a packet of this host's has waited for a neighbor in vain. */
export function localError(packet: Packet, code: number): IcmpError {
  const { bytes, ipAt, at, end, source32, destination32, now } = packet;
  return {
    type: ICMPV4_UNREACHABLE,
    code,
    source32,
    destination32,
    protocol: ipv4Protocol(bytes, ipAt),
    length: end - ipAt,
    nextHopMtu: 0,
    bytes,
    at,
    now,
  };
}
