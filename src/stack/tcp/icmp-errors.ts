import type { ErrorCode } from "../../error/index.js";
import {
  ICMPV4_UNREACHABLE,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_NET,
  UNREACHABLE_PORT,
  UNREACHABLE_PROTOCOL,
} from "../../wire/icmpv4.js";
import { tcpSequence } from "../../wire/tcp.js";
import type { IcmpError } from "../icmp/icmp.js";
import type { Connection } from "./connection.js";
import { output } from "./output.js";
import { distance } from "./sequence.js";
import { TcpState } from "./state.js";

/**
 * An ICMP error quotes a segment of the connection's (RFC 1122 §4.2.3.9). It is believed only if that segment can be in
 * flight, which somebody who is not on the path has to guess (RFC 5927 §4.1).
 */
export function icmpErrorArrives(connection: Connection, error: IcmpError): void {
  const sequence = tcpSequence(error.bytes, error.at);
  if (distance(sequence, connection.sndUna) < 0 || distance(sequence, connection.sndNxt) >= 0) {
    connection.tcp.stack.counters.drop("icmpv4-not-in-flight");
    return;
  }
  if (error.type === ICMPV4_UNREACHABLE && error.code === UNREACHABLE_FRAGMENTATION_NEEDED) {
    segmentTooBig(connection, error);
    return;
  }
  const code = errorOf(error);
  // RFC 5461 §4: what is hard for a connection that is being opened is soft for one that is established.
  if (connection.state === TcpState.SYN_SENT && code === "ECONNREFUSED") connection.fail(code, "connect to");
  else connection.ownExtras.softError = code;
}

function errorOf({ type, code }: IcmpError): ErrorCode {
  if (type !== ICMPV4_UNREACHABLE) return "EHOSTUNREACH";
  if (code === UNREACHABLE_PORT || code === UNREACHABLE_PROTOCOL) return "ECONNREFUSED";
  return code === UNREACHABLE_NET ? "ENETUNREACH" : "EHOSTUNREACH";
}

/** RFC 1191 §6.4: what was too large is cut up and sent at once; it was not lost to congestion. */
function segmentTooBig(connection: Connection, error: IcmpError): void {
  const { tcp } = connection;
  tcp.stack.ip.learnMtu(connection.path, error.nextHopMtu, error.length);
  tcp.pathOf(connection);
  connection.recovery.onPathNarrowed(connection.segmentRoom);
  output(connection);
}
