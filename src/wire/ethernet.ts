import { MacAddress } from "../address/index.js";
import { readU16, writeU16 } from "./bytes.js";

/** Ethernet II (IEEE 802.3 §3.2.6, RFC 894): destination, source, EtherType. The FCS is the link device's business. */
export const ETHERNET_HEADER_LENGTH = 14;
export const MAC_LENGTH = 6;

const DESTINATION = 0;
const SOURCE = 6;
const ETHER_TYPE = 12;

/** EtherTypes (IANA ieee-802-numbers). Values below 0x0600 are 802.3 lengths. */
export const ETHER_TYPE_IPV4 = 0x0800;
export const ETHER_TYPE_ARP = 0x0806;
export const ETHER_TYPE_IPV6 = 0x86dd;

export type EthernetFault = "ethernet-truncated";

export function checkEthernet(length: number): EthernetFault | undefined {
  return length < ETHERNET_HEADER_LENGTH ? "ethernet-truncated" : undefined;
}

export function ethernetType(frame: Uint8Array): number {
  return readU16(frame, ETHER_TYPE);
}

export function ethernetDestination(frame: Uint8Array): MacAddress {
  return MacAddress.read(frame, DESTINATION);
}

export function ethernetSource(frame: Uint8Array): MacAddress {
  return MacAddress.read(frame, SOURCE);
}

/** True if the group bit of the destination is set: multicast, and broadcast with it. */
export function ethernetIsGroup(frame: Uint8Array): boolean {
  return (frame[DESTINATION]! & 1) !== 0;
}

/** True if the frame is for `mac`. Compares in place: this runs for each frame on the wire. */
export function ethernetIsFor(frame: Uint8Array, mac: MacAddress): boolean {
  const value = mac.value;
  const low = value >>> 0;
  const high = (value - low) / 0x1_0000_0000;
  return (
    ((frame[2]! << 24) | (frame[3]! << 16) | (frame[4]! << 8) | frame[5]!) === (low | 0) &&
    readU16(frame, DESTINATION) === high
  );
}

export function emitEthernet(
  frame: Uint8Array,
  destination: MacAddress,
  source: MacAddress,
  type: number,
): void {
  destination.write(frame, DESTINATION);
  source.write(frame, SOURCE);
  writeU16(frame, ETHER_TYPE, type);
}
