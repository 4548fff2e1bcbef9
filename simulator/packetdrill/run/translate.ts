import type { LivePacket } from "../packet/live-packet.js";
import { formatPacket } from "../packet/format.js";
import type { IpMarks, Packet, Ports } from "../packet/packet.js";
import { marksToShow } from "./compare.js";
import { Flow } from "./flow.js";
import { readIcmp } from "./inbound.js";

/**
 * A packet of the stack in the script's numbers, with all its marks.
 * @param flow the connection it belongs to, if the script knows it
 * @param ports as the script's line names them
 */
export function toScript(live: LivePacket, flow: Flow | undefined, ports?: Ports): Packet {
  const { transport, tos, ttl } = live;
  if (transport.protocol === "icmp") return readIcmp(transport, { tos, ttl });
  const { sourcePort, destinationPort } = transport;
  const shownPorts =
    flow === undefined ? { source: sourcePort, destination: destinationPort } : (ports ?? flow.scriptPorts);
  if (transport.protocol === "tcp") {
    return (flow ?? new Flow(sourcePort, destinationPort)).toScript(live, transport, shownPorts);
  }
  const { length } = transport.payload;
  return { protocol: "udp", direction: "outbound", marks: { tos, ttl }, ports: shownPorts, length };
}

/** A packet of the stack as a script would have it: of its marks only those that matter beside `expected`. */
export function formatSent(packet: Packet, expected: IpMarks = {}): string {
  return formatPacket({ ...packet, marks: marksToShow(expected, packet.marks) });
}
