import { Ipv4Address, MacAddress } from "../../../../src/address/index.js";
import {
  ARP_REQUEST,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  checkArp,
  checkEthernet,
  checkIpv4,
  ethernetDestination,
  ethernetIsGroup,
  ethernetSource,
  ethernetType,
  ipv4Destination,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
  readArp,
  tcpAcknowledgment,
  tcpDestinationPort,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpSourcePort,
  tcpWindow,
  type ArpPacket,
} from "../../../../src/wire/index.js";

const TCP_LENGTH = 20;
const UDP_LENGTH = 8;
/** Where a DHCP message has the client's hardware address, from the UDP payload on (RFC 2131 §2). */
const CLIENT_MAC_AT = 28;
const DHCP_PORTS = Object.freeze([67, 68]);

export interface TcpHeader {
  /** Unsigned. */
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly dataLength: number;
}

/** What conversations are told apart by: read from each packet, so no more than that. */
export interface Headers {
  readonly source: string;
  readonly destination: string;
  readonly isGroup: boolean;
  readonly arp?: ArpPacket;
  readonly ip?: { readonly source: string; readonly destination: string; readonly protocol: number };
  readonly ports?: readonly [number, number];
  readonly tcp?: TcpHeader;
  /** Of the client of a DHCP message. */
  readonly dhcpClient?: string;
}

/** @returns undefined for what is no Ethernet frame */
export function readHeaders(frame: Uint8Array): Headers | undefined {
  if (checkEthernet(frame.length) !== undefined) return undefined;
  const link = {
    source: ethernetSource(frame).toString(),
    destination: ethernetDestination(frame).toString(),
    isGroup: ethernetIsGroup(frame),
  };
  const at = ETHERNET_HEADER_LENGTH;
  const type = ethernetType(frame);
  if (type === ETHER_TYPE_ARP && checkArp(frame, at, frame.length) === undefined)
    return { ...link, arp: readArp(frame, at) };
  if (type !== ETHER_TYPE_IPV4 || checkIpv4(frame, at, frame.length, false) !== undefined) return link;
  const ip = {
    source: Ipv4Address.fromValue(ipv4Source(frame, at)).toString(),
    destination: Ipv4Address.fromValue(ipv4Destination(frame, at)).toString(),
    protocol: ipv4Protocol(frame, at),
  };
  const upper = at + ipv4HeaderLength(frame, at);
  const end = Math.min(frame.length, at + ipv4TotalLength(frame, at));
  if (ipv4FragmentOffset(frame, at) !== 0) return { ...link, ip };
  if (ip.protocol === PROTOCOL_TCP && upper + TCP_LENGTH <= end) {
    const ports = [tcpSourcePort(frame, upper), tcpDestinationPort(frame, upper)] as const;
    const tcp = {
      sequence: tcpSequence(frame, upper) >>> 0,
      acknowledgment: tcpAcknowledgment(frame, upper) >>> 0,
      flags: tcpFlags(frame, upper),
      window: tcpWindow(frame, upper),
      dataLength: Math.max(0, end - upper - tcpHeaderLength(frame, upper)),
    };
    return { ...link, ip, ports, tcp };
  }
  if (ip.protocol === PROTOCOL_UDP && upper + UDP_LENGTH <= end) {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const ports = [view.getUint16(upper), view.getUint16(upper + 2)] as const;
    const client = upper + UDP_LENGTH + CLIENT_MAC_AT;
    if (ports.every((port) => DHCP_PORTS.includes(port)) && client + 6 <= end)
      return { ...link, ip, ports, dhcpClient: MacAddress.read(frame, client).toString() };
    return { ...link, ip, ports };
  }
  return { ...link, ip };
}

export function isArpRequest(arp: ArpPacket): boolean {
  return arp.operation === ARP_REQUEST;
}
