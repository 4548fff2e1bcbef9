import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import {
  IPV4_HEADER_LENGTH,
  PROTOCOL_ICMP,
  PROTOCOL_IGMP,
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
import { checkIpv4Options, ipv4OptionsProblem } from "../../wire/ipv4-options.js";
import { UNREACHABLE_PROTOCOL } from "../../wire/icmpv4.js";
import type { StackInterface } from "../interface/interface.js";
import type { Stack } from "../stack.js";
import { forward } from "./forward.js";
import type { Packet } from "./packet.js";

const LIMITED_BROADCAST = 0xffff_ffff;
/** The source of whoever has no address yet. */
const UNSPECIFIED = 0;

/**
 * Receives the IPv4 packet behind a frame's Ethernet header (RFC 1122 §3.2.1).
 * @param length the frame's, in bytes
 * @param toLinkGroup the frame was sent to a broadcast or multicast MAC
 * @returns false if it has certainly changed nothing
 */
export function receiveIpv4(
  stack: Stack,
  device: StackInterface,
  frame: Uint8Array,
  length: number,
  now: number,
  toLinkGroup: boolean,
  verifyChecksums: boolean,
): boolean {
  const { counters } = stack;
  counters.ipInReceives++;
  const fault = checkIpv4(frame, ETHERNET_HEADER_LENGTH, length, verifyChecksums);
  if (fault === undefined) return receiveChecked(stack, device, frame, now, toLinkGroup, verifyChecksums);
  counters.drop(fault);
  return false;
}

function receiveChecked(
  stack: Stack,
  device: StackInterface,
  frame: Uint8Array,
  now: number,
  toLinkGroup: boolean,
  verifyChecksums: boolean,
): boolean {
  const { counters, packet } = stack;
  const at = ETHERNET_HEADER_LENGTH;
  readHeader(packet, device, frame, now, verifyChecksums);
  if (!isValidSource(stack, device, packet.source32)) {
    counters.drop("ipv4-source");
    return false;
  }
  const scope = scopeOf(stack, device, packet.destination32);
  packet.toGroup = toLinkGroup || scope === "group";
  if (packet.at > at + IPV4_HEADER_LENGTH && !hasGoodOptions(stack, packet, scope)) return true;
  const isFragment = ipv4IsFragment(frame, at);
  const dhcp = ipv4Protocol(frame, at) === PROTOCOL_UDP && device.dhcp?.isListening ? device.dhcp : undefined;
  if (!isFragment && dhcp?.receive(packet)) return true;
  if (scope === "other" && !(dhcp !== undefined && isFragment)) {
    if (stack.forwarding && !toLinkGroup) forward(stack, packet);
    else counters.drop("ipv4-not-for-us");
    return stack.forwarding;
  }
  // RFC 1122 §3.3.6: what is for one host does not come by broadcast, unless somebody wants many to answer.
  if (toLinkGroup && scope === "host") {
    counters.drop("ipv4-link-group");
    return false;
  }
  if (isFragment) {
    const whole = stack.ip.reassembly.add(frame, now);
    if (whole !== undefined) receiveChecked(stack, device, whole, now, toLinkGroup, true);
    return true;
  }
  return deliver(stack, packet);
}

/** @returns false if nobody here wants it */
function deliver(stack: Stack, packet: Packet): boolean {
  const { counters } = stack;
  const protocol = ipv4Protocol(packet.bytes, packet.ipAt);
  counters.ipInDelivers++;
  if (packet.toGroup) {
    if (packet.destination32 >>> 28 === 0xe) counters.ipInMcastPkts++;
    else counters.ipInBcastPkts++;
  }
  if (protocol === PROTOCOL_UDP) return stack.udp.receive(packet);
  if (protocol === PROTOCOL_TCP) stack.tcp.receive(packet);
  else if (protocol === PROTOCOL_ICMP) stack.icmp.receive(packet);
  else if (protocol === PROTOCOL_IGMP && packet.device.igmp !== undefined) packet.device.igmp.receive(packet);
  else {
    counters.drop("ipv4-protocol");
    stack.icmp.sendUnreachable(packet, UNREACHABLE_PROTOCOL);
  }
  return true;
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

/**
 * RFC 1122 §3.2.1.3: a source is never a group or a broadcast address of the link; 127/8 and this host's own addresses
 * never come off a link.
 */
function isValidSource(stack: Stack, device: StackInterface, source: number): boolean {
  if (source === UNSPECIFIED) return true;
  if (source >>> 24 >= 224 || device.isBroadcast(source)) return false;
  return device.isLoopback || !stack.ownsIpv4(source);
}

type Scope = "host" | "group" | "other";

/**
 * Whether a packet is for this host alone, for a group it is in, or for somebody else. A host takes only what is for the
 * interface it came in on (RFC 1122 §3.3.4.2, the strong model); one that forwards must take what is for any of them (RFC 1812 §5.2.3).
 */
function scopeOf(stack: Stack, device: StackInterface, destination: number): Scope {
  if (device.isLoopback) return stack.ownsIpv4(destination) ? "host" : "other";
  if (destination === LIMITED_BROADCAST) return "group";
  if (device.ownsIpv4(destination)) return "host";
  if (device.isBroadcast(destination)) return "group";
  if (destination >>> 28 === 0xe) return device.isMember(destination) ? "group" : "other";
  return stack.forwarding && destination >>> 24 !== 127 && stack.ownsIpv4(destination) ? "host" : "other";
}

function hasGoodOptions(stack: Stack, packet: Packet, scope: Scope): boolean {
  const { bytes, ipAt } = packet;
  const fault = checkIpv4Options(bytes, ipAt);
  if (fault === undefined) return true;
  stack.counters.drop(fault);
  if (fault === "ipv4-options" && (scope === "host" || stack.forwarding))
    stack.icmp.sendParameterProblem(packet, ipv4OptionsProblem(bytes, ipAt));
  return false;
}
