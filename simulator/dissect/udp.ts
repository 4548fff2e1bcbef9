import {
  DHCP_CLIENT_PORT,
  DHCP_SERVER_PORT,
  UDP_HEADER_LENGTH,
  checksumIsGood,
  udpDestinationPort,
  udpLength,
  udpSourcePort,
} from "../../src/wire/index.js";
import { readNumber } from "./branch.js";
import { addChecksum, CHECKSUM_STATUS } from "./checksum.js";
import { dissectDhcp } from "./dhcp.js";
import { DNS_PORT, MDNS_PORT, dissectDns } from "./dns.js";
import { field, hex, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

export const UDP_FIELDS = Object.freeze({
  udp: protocol("User Datagram Protocol"),
  "udp.srcport": number("Source Port"),
  "udp.dstport": number("Destination Port"),
  "udp.length": number("Length", "bytes"),
  "udp.checksum": hex("Checksum", 4),
  "udp.checksum.status": number("Checksum Status", CHECKSUM_STATUS),
  "udp.payload": field("bytes", "Payload"),
});

/** UDP (RFC 768). @param pseudoSum the sum of the pseudo-header, with the length that IP tells */
export function dissectUdp(scope: Scope, pseudoSum: number): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(UDP_FIELDS, "udp", UDP_HEADER_LENGTH);
  columns.protocol = "UDP";
  columns.summary = "UDP";
  if (!scope.has(UDP_HEADER_LENGTH)) return;
  const ports = [udpSourcePort(bytes, at), udpDestinationPort(bytes, at)] as const;
  layer.add("udp.srcport", at, 2);
  layer.add("udp.dstport", at + 2, 2);
  layer.add("udp.length", at + 4, 2);
  layer.text = `Src Port: ${ports[0]}, Dst Port: ${ports[1]}`;
  const length = udpLength(bytes, at);
  columns.summary = `${ports[0]} → ${ports[1]} Len=${Math.max(0, length - UDP_HEADER_LENGTH)}`;
  const checksum = layer.add("udp.checksum", at + 6, 2);
  // A checksum of zero is none (RFC 768).
  const isChecked = readNumber(bytes, at + 6, 2) !== 0 && length === scope.length;
  const isGood = isChecked ? checksumIsGood(pseudoSum, bytes, at, length) : undefined;
  addChecksum(scope, layer, checksum, "udp.checksum.status", isGood);
  if (length < UDP_HEADER_LENGTH) return scope.malformed(`a length of ${length} bytes`);
  scope.has(length);
  const payload = scope.inner(at + UDP_HEADER_LENGTH, Math.min(at + length, scope.end));
  if (payload.length > 0) layer.add("udp.payload", payload.at, payload.length);
  dissectPayload(payload, ports);
}

function dissectPayload(scope: Scope, ports: readonly number[]): void {
  if (ports.includes(DHCP_SERVER_PORT) || ports.includes(DHCP_CLIENT_PORT)) dissectDhcp(scope);
  else if (ports.includes(DNS_PORT)) dissectDns(scope, "dns");
  else if (ports.includes(MDNS_PORT)) dissectDns(scope, "mdns");
  else scope.data(scope.at);
}
