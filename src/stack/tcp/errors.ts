import {
  ICMPV4_UNREACHABLE,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_PORT,
  UNREACHABLE_PROTOCOL,
} from "../../wire/icmpv4.js";
import type { IcmpError } from "../icmp/icmp.js";
import type { Connection } from "./connection.js";
import { distance } from "./sequence.js";
import { TcpState } from "./state.js";

/** An ICMP error about a connection's segment: believed only if the segment can be in flight (RFC 5927 §4.1). */
export function errorArrives(connection: Connection, { type, code }: IcmpError, sequence: number): void {
  if (distance(sequence, connection.sndUna) < 0 || distance(sequence, connection.sndNxt) >= 0) return;
  if (type === ICMPV4_UNREACHABLE && code === UNREACHABLE_FRAGMENTATION_NEEDED) return;
  const isRefusal =
    type === ICMPV4_UNREACHABLE && (code === UNREACHABLE_PORT || code === UNREACHABLE_PROTOCOL);
  // RFC 5461 §4: what is hard for a connection that is being opened is soft for one that is established.
  if (connection.state === TcpState.SYN_SENT && isRefusal) connection.fail("ECONNREFUSED", "connect to");
  else connection.softError = isRefusal ? "ECONNREFUSED" : "EHOSTUNREACH";
}
