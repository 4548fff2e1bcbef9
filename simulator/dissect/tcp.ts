import {
  TCP_ACK,
  TCP_HEADER_LENGTH,
  checksumIsGood,
  tcpAcknowledgment,
  tcpDestinationPort,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpSourcePort,
  tcpWindow,
} from "../../src/wire/index.js";
import { readNumber } from "./branch.js";
import { addChecksum, CHECKSUM_STATUS } from "./checksum.js";
import { field, hex, number, protocol } from "./field-type.js";
import { dissectHttp } from "./http.js";
import type { Scope } from "./scope.js";
import { addTcpOptions } from "./tcp-options.js";

export const TCP_FIELDS = Object.freeze({
  tcp: protocol("Transmission Control Protocol"),
  "tcp.srcport": number("Source Port"),
  "tcp.dstport": number("Destination Port"),
  "tcp.seq": number("Sequence Number"),
  "tcp.ack": number("Acknowledgment Number"),
  "tcp.hdr_len": number("Header Length", "bytes"),
  "tcp.flags": hex("Flags", 3),
  "tcp.flags.cwr": field("flag", "Congestion Window Reduced"),
  "tcp.flags.ece": field("flag", "ECN-Echo"),
  "tcp.flags.urg": field("flag", "Urgent"),
  "tcp.flags.ack": field("flag", "Acknowledgment"),
  "tcp.flags.push": field("flag", "Push"),
  "tcp.flags.reset": field("flag", "Reset"),
  "tcp.flags.syn": field("flag", "Syn"),
  "tcp.flags.fin": field("flag", "Fin"),
  "tcp.window_size_value": number("Window", "bytes, before scaling"),
  "tcp.checksum": hex("Checksum", 4),
  "tcp.checksum.status": number("Checksum Status", CHECKSUM_STATUS),
  "tcp.urgent_pointer": number("Urgent Pointer"),
  "tcp.len": number("Segment Length", "bytes"),
  "tcp.payload": field("bytes", "Payload"),
  "tcp.option_kind": number("Kind"),
  "tcp.option_len": number("Length", "bytes"),
  "tcp.options.eol": protocol("Option: End of Option List"),
  "tcp.options.nop": protocol("Option: No-Operation"),
  "tcp.options.mss": protocol("Option: Maximum segment size"),
  "tcp.options.mss_val": number("MSS Value", "bytes"),
  "tcp.options.wscale": protocol("Option: Window scale"),
  "tcp.options.wscale.shift": number("Shift count"),
  "tcp.options.sack_perm": protocol("Option: SACK permitted"),
  "tcp.options.sack": protocol("Option: SACK"),
  "tcp.options.sack_le": number("Left edge"),
  "tcp.options.sack_re": number("Right edge"),
  "tcp.options.timestamp": protocol("Option: Timestamps"),
  "tcp.options.timestamp.tsval": number("Timestamp value"),
  "tcp.options.timestamp.tsecr": number("Timestamp echo reply"),
  "tcp.options.user_to": protocol("Option: User Timeout"),
  "tcp.options.unknown": protocol("Option: unknown"),
  "tcp.options.unknown.payload": field("bytes", "Payload"),
});

/** From the lowest bit on (RFC 9293 §3.1), as the tree has them and as the list does. */
const FLAGS = Object.freeze([
  ["tcp.flags.fin", "FIN"],
  ["tcp.flags.syn", "SYN"],
  ["tcp.flags.reset", "RST"],
  ["tcp.flags.push", "PSH"],
  ["tcp.flags.ack", "ACK"],
  ["tcp.flags.urg", "URG"],
  ["tcp.flags.ece", "ECE"],
  ["tcp.flags.cwr", "CWR"],
] as const);

/** TCP (RFC 9293). @param pseudoSum the sum of the pseudo-header */
export function dissectTcp(scope: Scope, pseudoSum: number): void {
  const { at, bytes, columns } = scope;
  const headerLength = tcpHeaderLength(bytes, at);
  const layer = scope.layer(TCP_FIELDS, "tcp", Math.max(TCP_HEADER_LENGTH, headerLength));
  columns.protocol = "TCP";
  columns.summary = "TCP";
  // An ICMP error quotes no more than the ports and the sequence number for certain (RFC 792).
  if (scope.length >= 4 && scope.isPartial) layer.text = tellPorts(bytes, at);
  if (scope.length >= 8 || !scope.isPartial) {
    if (!scope.has(8)) return;
    layer.add("tcp.srcport", at, 2);
    layer.add("tcp.dstport", at + 2, 2);
    layer.add("tcp.seq", at + 4, 4);
  }
  layer.text = tellPorts(bytes, at);
  if (!scope.has(TCP_HEADER_LENGTH)) return;
  layer.add("tcp.ack", at + 8, 4);
  layer.add("tcp.hdr_len", at + 12, 1, headerLength);
  const bits = readNumber(bytes, at + 12, 2) & 0x0fff;
  const flags = layer.add("tcp.flags", at + 12, 2, bits);
  const set = FLAGS.filter((_, bit) => (bits & (1 << bit)) !== 0).map(([, name]) => name);
  flags.text += ` (${set.join(", ")})`;
  for (const [bit, [name]] of [...FLAGS.entries()].reverse())
    flags.add(name, at + 13, 1, (bits & (1 << bit)) !== 0);
  layer.add("tcp.window_size_value", at + 14, 2);
  const checksum = layer.add("tcp.checksum", at + 16, 2);
  const isGood = scope.isPartial ? undefined : checksumIsGood(pseudoSum, bytes, at, scope.length);
  addChecksum(scope, layer, checksum, "tcp.checksum.status", isGood);
  layer.add("tcp.urgent_pointer", at + 18, 2);
  if (headerLength < TCP_HEADER_LENGTH) return scope.malformed(`a header of ${headerLength} bytes`);
  if (!scope.has(headerLength)) return;
  const options = addTcpOptions(scope, layer, at + TCP_HEADER_LENGTH, at + headerLength);
  const payload = scope.inner(at + headerLength, scope.end);
  layer.add("tcp.len", at + 12, 0, payload.length);
  if (payload.length > 0) layer.add("tcp.payload", payload.at, payload.length);
  const acknowledgment =
    (tcpFlags(bytes, at) & TCP_ACK) === 0 ? "" : ` Ack=${tcpAcknowledgment(bytes, at) >>> 0}`;
  columns.summary =
    `${tcpSourcePort(bytes, at)} → ${tcpDestinationPort(bytes, at)} [${set.join(", ")}] ` +
    `Seq=${tcpSequence(bytes, at) >>> 0}${acknowledgment} Win=${tcpWindow(bytes, at)} Len=${payload.length}${options}`;
  if (!dissectHttp(payload)) payload.data(payload.at);
}

function tellPorts(bytes: Uint8Array, at: number): string {
  return `Src Port: ${tcpSourcePort(bytes, at)}, Dst Port: ${tcpDestinationPort(bytes, at)}`;
}
