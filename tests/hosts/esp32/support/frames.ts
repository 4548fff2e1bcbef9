import { Ipv4Address, MacAddress } from "../../../../src/address/index.js";
import {
  ARP_LENGTH,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  IPV4_HEADER_LENGTH,
  PROTOCOL_UDP,
  UDP_HEADER_LENGTH,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  ipv4PseudoSum,
} from "../../../../src/wire/index.js";

const IP_AT = ETHERNET_HEADER_LENGTH;
const UDP_AT = IP_AT + IPV4_HEADER_LENGTH;
const DATA_AT = UDP_AT + UDP_HEADER_LENGTH;

/** An ARP request as a frame for everybody. */
export function arpFrame(from: MacAddress, sender: string, target: string): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + ARP_LENGTH);
  emitEthernet(frame, MacAddress.broadcast, from, ETHER_TYPE_ARP);
  const [senderIp, targetIp] = [Ipv4Address.parse(sender), Ipv4Address.parse(target)];
  emitArp(frame, ETHERNET_HEADER_LENGTH, {
    operation: 1,
    senderMac: from,
    senderIp,
    targetMac: MacAddress.parse("00:00:00:00:00:00"),
    targetIp,
  });
  return frame;
}

/** A UDP datagram as a frame. Addresses as "ADDRESS:PORT". */
export function udpFrame(
  to: MacAddress,
  from: MacAddress,
  source: string,
  destination: string,
  data: Uint8Array,
): Uint8Array {
  const [sourceIp, sourcePort] = splitAddress(source);
  const [destinationIp, destinationPort] = splitAddress(destination);
  const length = UDP_HEADER_LENGTH + data.length;
  const frame = new Uint8Array(UDP_AT + length);
  frame.set(data, DATA_AT);
  const sum = ipv4PseudoSum(sourceIp.value, destinationIp.value, PROTOCOL_UDP, 0);
  emitUdp(frame, UDP_AT, sourcePort, destinationPort, length, sum);
  emitIpv4(frame, IP_AT, length, 64, PROTOCOL_UDP, sourceIp.value, destinationIp.value, true);
  emitEthernet(frame, to, from, ETHER_TYPE_IPV4);
  return frame;
}

function splitAddress(text: string): [Ipv4Address, number] {
  const [address, port] = text.split(":");
  return [Ipv4Address.parse(address!), Number(port)];
}
