import { ICMP_FRAGMENTATION_NEEDED, ICMP_UNREACHABLE } from "../packet/icmp-names.js";
import { encodePacket } from "../packet/encode.js";
import {
  ICMP_HEADER,
  IPV4_HEADER,
  type LiveIcmp,
  type LivePacket,
  type LiveTransport,
} from "../packet/live-packet.js";
import { add32, type IcmpPacket, type IpMarks, type Packet, type QuotedPacket } from "../packet/packet.js";
import { payload } from "../packet/payload.js";
import type { Settings } from "../settings.js";
import type { Flow } from "./flow.js";
import type { Flows } from "./flows.js";

/** As far away as a packet can come from, so that no limit of hops is met. */
const TIME_TO_LIVE = 255;

/** ICMP's types that report an error: they quote the packet that it is about (RFC 792). */
const ERROR_TYPES: readonly number[] = [3, 4, 5, 11, 12];

/** What an error quotes if the script does not say: the connection's SYN. */
const QUOTED_SYN: QuotedPacket = { protocol: "tcp", sequence: 0, length: 0 };

/** RFC 792: the header and 64 bits of what follows. */
const QUOTED_PAYLOAD = 8;

const ECN_BITS = Object.freeze({ noecn: 0, ect1: 1, ect0: 2, ce: 3, ect01: 2 });

/** Turns a packet that the script sends into the bytes that the stack gets. @throws RangeError if that cannot be done */
export function makeInbound(packet: Packet, flows: Flows, settings: Settings): Uint8Array {
  return encodePacket(addressed(transportOf(packet, flows, settings), packet.marks, settings));
}

function transportOf(packet: Packet, flows: Flows, settings: Settings): LiveTransport {
  if (packet.protocol === "icmp") return makeIcmp(packet, flows, settings);
  const flow = flows.flowOf(packet);
  if (flow === undefined) throw new RangeError("there is no connection that this packet could belong to");
  if (packet.protocol === "tcp") return flow.toLive(packet, settings);
  return {
    protocol: "udp",
    sourcePort: flow.remotePort,
    destinationPort: flow.localPort,
    payload: payload(0, packet.length),
  };
}

function addressed(transport: LiveTransport, { ecn, tos, ttl }: IpMarks, settings: Settings): LivePacket {
  return {
    source: settings.remoteAddress.value,
    destination: settings.localAddress.value,
    tos: tos ?? (ecn === undefined ? 0 : ECN_BITS[ecn]),
    ttl: ttl ?? TIME_TO_LIVE,
    transport,
  };
}

function makeIcmp(packet: IcmpPacket, flows: Flows, settings: Settings): LiveIcmp {
  const { type, code, mtu = 0, identifier = 0 } = packet;
  if (mtu !== 0 && (type !== ICMP_UNREACHABLE || code !== ICMP_FRAGMENTATION_NEEDED)) {
    throw new RangeError("an MTU stands in unreachable frag_needed only");
  }
  const quoted = packet.quoted ?? (ERROR_TYPES.includes(type) ? QUOTED_SYN : undefined);
  const rest = ((identifier << 16) | mtu) >>> 0;
  if (quoted === undefined) return { protocol: "icmp", type, code, rest, payload: new Uint8Array(0) };
  const flow = flows.flowOf(packet);
  if (flow === undefined) throw new RangeError("there is no connection that this error could be about");
  return { protocol: "icmp", type, code, rest, payload: quote(quoted, flow, settings) };
}

/** The beginning of a packet that the stack may have sent. */
function quote(quoted: QuotedPacket, flow: Flow, settings: Settings): Uint8Array {
  const ports = { sourcePort: flow.localPort, destinationPort: flow.remotePort };
  const data = new Uint8Array(quoted.length);
  const transport: LiveTransport =
    quoted.protocol === "udp"
      ? { protocol: "udp", ...ports, payload: data }
      : {
          protocol: "tcp",
          ...ports,
          sequence: add32(quoted.sequence, flow.localIsn),
          acknowledgment: 0,
          flags: 0,
          window: 0,
          urgent: 0,
          options: [],
          payload: data,
        };
  const bytes = encodePacket({
    source: settings.localAddress.value,
    destination: settings.remoteAddress.value,
    tos: 0,
    ttl: TIME_TO_LIVE,
    transport,
  });
  return bytes.subarray(0, IPV4_HEADER + QUOTED_PAYLOAD);
}

/** A packet of ICMP that the stack has sent, in the script's terms. */
export function readIcmp({ type, code, rest, payload: data }: LiveIcmp, marks: IpMarks): IcmpPacket {
  const isError = ERROR_TYPES.includes(type);
  return {
    protocol: "icmp",
    direction: "outbound",
    marks,
    type,
    code,
    mtu: isError && (rest & 0xffff) !== 0 ? rest & 0xffff : undefined,
    identifier: isError ? undefined : rest >>> 16,
    quoted: isError ? readQuoted(data) : undefined,
  };
}

/** Only of a UDP datagram do 64 bits tell the size. */
function readQuoted(data: Uint8Array): QuotedPacket | undefined {
  const headerLength = ((data[0] ?? 0) & 0x0f) * 4;
  const isUdp = data[9] === 17;
  if (!isUdp || data.length < headerLength + QUOTED_PAYLOAD) return undefined;
  const length = (data[headerLength + 4]! << 8) | data[headerLength + 5]!;
  return { protocol: "udp", length: length - ICMP_HEADER };
}
