import { formatIcmpType } from "./icmp-names.js";
import {
  ACK,
  FLAG_LETTERS,
  add32,
  type IcmpPacket,
  type IpMarks,
  type Packet,
  type TcpPacket,
} from "./packet.js";
import { formatOptions } from "./tcp-options.js";

/** A packet in packetdrill's notation, as a script could have it. */
export function formatPacket(packet: Packet): string {
  const words = [
    packet.direction === "inbound" ? "<" : ">",
    formatMarks(packet.marks),
    formatTransport(packet),
  ];
  return words.filter((word) => word !== "").join(" ");
}

/** "F.", "S", "-" for none. */
export function formatFlags(flags: number): string {
  const letters = FLAG_LETTERS.filter(([, flag]) => (flags & flag) !== 0).map(([letter]) => letter);
  return letters.length === 0 ? "-" : letters.join("");
}

/** A time in µs as a script writes it: seconds. */
export function formatTime(microseconds: number): string {
  return (microseconds / 1e6).toFixed(6);
}

function formatMarks({ ecn, tos, ttl }: IpMarks): string {
  if (ecn !== undefined) return `[${ecn}]`;
  if (tos !== undefined) return `[tos 0x${tos.toString(16)}]`;
  return ttl === undefined ? "" : `[ttl ${ttl}]`;
}

function formatTransport(packet: Packet): string {
  switch (packet.protocol) {
    case "tcp":
      return formatTcp(packet);
    case "udp":
      return [`udp`, formatPorts(packet), `(${packet.length})`].filter((word) => word !== "").join(" ");
    case "icmp":
      return formatIcmp(packet);
  }
}

function formatTcp(packet: TcpPacket): string {
  const { flags, sequence, length, acknowledgment, window, urgent, options } = packet;
  return [
    formatPorts(packet),
    formatFlags(flags),
    `${sequence}:${add32(sequence, length)}(${length})`,
    (flags & ACK) === 0 && acknowledgment === 0 ? "" : `ack ${acknowledgment}`,
    window === undefined ? "" : `win ${window}`,
    urgent === 0 ? "" : `urg ${urgent}`,
    options === undefined ? "<...>" : options.length === 0 ? "" : formatOptions(options),
  ]
    .filter((word) => word !== "")
    .join(" ");
}

function formatPorts({ ports }: { readonly ports?: TcpPacket["ports"] }): string {
  return ports === undefined ? "" : `${ports.source} > ${ports.destination}`;
}

function formatIcmp({ type, code, mtu, identifier, quoted }: IcmpPacket): string {
  const words = ["icmp", formatIcmpType(type, code)];
  if (mtu !== undefined) words.push(`mtu ${mtu}`);
  if (identifier !== undefined) words.push(`id ${identifier}`);
  if (quoted?.protocol === "udp") words.push(`[udp (${quoted.length})]`);
  if (quoted?.protocol === "tcp") {
    const { sequence, length } = quoted;
    words.push(`[${sequence}:${add32(sequence, length)}(${length})]`);
  }
  return words.join(" ");
}
