import { Ipv4Address, MacAddress } from "../address/index.js";
import { readU16, readU32, writeU16 } from "./bytes.js";
import { ETHER_TYPE_IPV4, MAC_LENGTH } from "./ethernet.js";

/** ARP for IPv4 over Ethernet (RFC 826). */
export const ARP_LENGTH = 28;

const HARDWARE_TYPE = 0;
const PROTOCOL_TYPE = 2;
const HARDWARE_LENGTH = 4;
const PROTOCOL_LENGTH = 5;
const OPERATION = 6;
const SENDER_MAC = 8;
const SENDER_IP = 14;
const TARGET_MAC = 18;
const TARGET_IP = 24;

const HARDWARE_ETHERNET = 1;
const IPV4_LENGTH = 4;

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

export interface ArpPacket {
  readonly operation: typeof ARP_REQUEST | typeof ARP_REPLY;
  readonly senderMac: MacAddress;
  readonly senderIp: Ipv4Address;
  readonly targetMac: MacAddress;
  readonly targetIp: Ipv4Address;
}

export type ArpFault = "arp-truncated" | "arp-unsupported" | "arp-operation";

export function checkArp(bytes: Uint8Array, at: number, end: number): ArpFault | undefined {
  if (end - at < ARP_LENGTH) return "arp-truncated";
  if (
    readU16(bytes, at + HARDWARE_TYPE) !== HARDWARE_ETHERNET ||
    readU16(bytes, at + PROTOCOL_TYPE) !== ETHER_TYPE_IPV4 ||
    bytes[at + HARDWARE_LENGTH] !== MAC_LENGTH ||
    bytes[at + PROTOCOL_LENGTH] !== IPV4_LENGTH
  ) {
    return "arp-unsupported";
  }
  const operation = readU16(bytes, at + OPERATION);
  return operation === ARP_REQUEST || operation === ARP_REPLY ? undefined : "arp-operation";
}

/** The sender's protocol address, as `Ipv4Address.value`. */
export function arpSenderIp(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + SENDER_IP);
}

/** The target's protocol address, as `Ipv4Address.value`. */
export function arpTargetIp(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + TARGET_IP);
}

/** The sender's hardware address, as `MacAddress.value`. */
export function arpSenderMac(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SENDER_MAC) * 2 ** 32 + readU32(bytes, at + SENDER_MAC + 2);
}

/** The value of a packet that `checkArp` has passed. */
export function readArp(bytes: Uint8Array, at: number): ArpPacket {
  return {
    operation: readU16(bytes, at + OPERATION) === ARP_REQUEST ? ARP_REQUEST : ARP_REPLY,
    senderMac: MacAddress.read(bytes, at + SENDER_MAC),
    senderIp: Ipv4Address.read(bytes, at + SENDER_IP),
    targetMac: MacAddress.read(bytes, at + TARGET_MAC),
    targetIp: Ipv4Address.read(bytes, at + TARGET_IP),
  };
}

/** Writes `ARP_LENGTH` bytes. */
export function emitArp(bytes: Uint8Array, at: number, packet: ArpPacket): void {
  writeU16(bytes, at + HARDWARE_TYPE, HARDWARE_ETHERNET);
  writeU16(bytes, at + PROTOCOL_TYPE, ETHER_TYPE_IPV4);
  bytes[at + HARDWARE_LENGTH] = MAC_LENGTH;
  bytes[at + PROTOCOL_LENGTH] = IPV4_LENGTH;
  writeU16(bytes, at + OPERATION, packet.operation);
  packet.senderMac.write(bytes, at + SENDER_MAC);
  packet.senderIp.write(bytes, at + SENDER_IP);
  packet.targetMac.write(bytes, at + TARGET_MAC);
  packet.targetIp.write(bytes, at + TARGET_IP);
}
