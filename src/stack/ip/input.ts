import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import {
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  checkIpv4,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from "../../wire/ipv4.js";
import { UNREACHABLE_PROTOCOL } from "../../wire/icmpv4.js";
import type { EthernetInterface } from "../interface/ethernet.js";
import type { StackInterface } from "../interface/interface.js";
import type { Stack } from "../stack.js";
import type { Packet } from "./packet.js";

const LIMITED_BROADCAST = 0xffff_ffff;

/**
 * Receives the IPv4 packet behind a frame's Ethernet header (RFC 1122 §3.2.1).
 * @param length the frame's, in bytes
 * @param toLinkGroup the frame was sent to a broadcast or multicast MAC
 */
export function receiveIpv4(
  stack: Stack,
  device: StackInterface,
  frame: Uint8Array,
  length: number,
  now: number,
  toLinkGroup: boolean,
  verifyChecksums: boolean,
): void {
  const { counters, packet } = stack;
  const at = ETHERNET_HEADER_LENGTH;
  counters.ipInReceives++;
  const fault = checkIpv4(frame, at, length, verifyChecksums);
  if (fault !== undefined) {
    counters.drop(fault);
    return;
  }
  readHeader(packet, device, frame, now, verifyChecksums);
  const protocol = ipv4Protocol(frame, at);
  if (!isValidSource(stack, device, packet.source32)) {
    counters.drop("ipv4-source");
    return;
  }
  if (ipv4IsFragment(frame, at)) {
    const whole = stack.ip.reassembly.add(frame, now);
    if (whole !== undefined) receiveIpv4(stack, device, whole, whole.length, now, toLinkGroup, true);
    return;
  }
  if (protocol === PROTOCOL_UDP && !device.isLoopback && (device as EthernetInterface).dhcp.receive(packet))
    return;
  const scope = scopeOf(stack, device, packet);
  if (scope === "other") {
    counters.drop("ipv4-not-for-us");
    return;
  }
  packet.toGroup = toLinkGroup || scope === "group";
  counters.ipInDelivers++;
  if (protocol === PROTOCOL_TCP) stack.tcp.receive(packet);
  else if (protocol === PROTOCOL_UDP) stack.udp.receive(packet);
  else if (protocol === PROTOCOL_ICMP) stack.icmp.receive(packet);
  else {
    counters.drop("ipv4-protocol");
    stack.icmp.sendUnreachable(packet, UNREACHABLE_PROTOCOL);
  }
}

/** Sets `packet` to the IPv4 packet behind the Ethernet header of `frame`, which was checked. */
export function readHeader(
  packet: Packet,
  device: StackInterface,
  frame: Uint8Array,
  now: number,
  verifyChecksums: boolean,
): void {
  const at = ETHERNET_HEADER_LENGTH;
  packet.device = device;
  packet.bytes = frame;
  packet.ipAt = at;
  packet.at = at + ipv4HeaderLength(frame, at);
  packet.end = at + ipv4TotalLength(frame, at);
  packet.now = now;
  packet.source32 = ipv4Source(frame, at);
  packet.destination32 = ipv4Destination(frame, at);
  packet.verifyChecksums = verifyChecksums;
}

/** RFC 1122 §3.2.1.3: a source is never a group; 127/8 and this host's own addresses never come off a link. */
function isValidSource(stack: Stack, device: StackInterface, source: number): boolean {
  if (source >>> 24 >= 224) return false;
  return device.isLoopback || !stack.ownsIpv4(source);
}

/** Whether a packet is for this host alone, for a group it is in, or for somebody else. */
function scopeOf(stack: Stack, device: StackInterface, packet: Packet): "host" | "group" | "other" {
  const value = packet.destination32;
  if (stack.ownsIpv4(value)) return device.isLoopback || value >>> 24 !== 127 ? "host" : "other";
  if (value === LIMITED_BROADCAST) return "group";
  if (value === 0xe000_0001) return "group"; // 224.0.0.1, all hosts: every host is in it (RFC 1112 §4)
  return device.isDirectedBroadcast(packet.destination) ? "group" : "other";
}
