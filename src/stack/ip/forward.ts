import { Ipv4Address } from "../../address/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import { UNREACHABLE_NET } from "../../wire/icmpv4.js";
import {
  decrementIpv4TimeToLive,
  ipv4DontFragment,
  ipv4FragmentOffset,
  ipv4HasMoreFragments,
  ipv4Identification,
  ipv4TimeToLive,
  markIpv4Fragment,
  setIpv4Lengths,
} from "../../wire/ipv4.js";
import { copyIpv4HeaderForFragment } from "../../wire/ipv4-options.js";
import type { Stack } from "../stack.js";
import type { Packet } from "./packet.js";
import type { Path } from "./path.js";

const AT = ETHERNET_HEADER_LENGTH;

/** Destinations whose paths are kept; with more, the routing table is asked again. */
const MAX_PATHS = 256;

/** The ways of forwarded packets, so that not each one asks the routing table. */
export class ForwardingPaths {
  readonly #paths = new Map<number, Path>();

  constructor(private readonly stack: Stack) {}

  /** @returns undefined if there is no route */
  to(destination32: number): Path | undefined {
    const { ip } = this.stack;
    const known = this.#paths.get(destination32);
    if (known !== undefined && ip.isCurrent(known)) return known;
    if (this.#paths.size >= MAX_PATHS) this.#paths.clear();
    const path = ip.path(Ipv4Address.fromValue(destination32));
    if (path === undefined) this.#paths.delete(destination32);
    else this.#paths.set(destination32, path);
    return path;
  }
}

/**
 * Sends on a packet that is for somebody else (RFC 1812 §5.2 and §5.3). It was received as unicast, its header and source were checked.
 * It sends no redirects, though §5.2.7.2 wants a router to be able to: hosts had better not believe them, and a packet that goes
 * back over the link it came from gets there all the same.
 */
export function forward(stack: Stack, packet: Packet): void {
  const { counters } = stack;
  const { bytes, ipAt, source32, destination32 } = packet;
  if (!isForwardable(source32) || !isForwardable(destination32)) {
    counters.drop("forward-address");
    return;
  }
  if (ipv4TimeToLive(bytes, ipAt) <= 1) {
    counters.drop("forward-time-to-live");
    stack.icmp.sendTimeExceeded(packet);
    return;
  }
  const path = stack.forwardingPaths.to(destination32);
  if (path === undefined) {
    counters.drop("forward-no-route");
    stack.icmp.sendUnreachable(packet, UNREACHABLE_NET);
    return;
  }
  // RFC 2644: a broadcast to a network behind this router is how strangers make all of it answer.
  if (path.groupMac !== undefined) {
    counters.drop("forward-address");
    return;
  }
  const length = packet.end - ipAt;
  // The link's: what is known of the way beyond it is for who sends, not for who forwards.
  const { mtu } = path.device;
  if (length > mtu && ipv4DontFragment(bytes, ipAt)) {
    counters.drop("forward-too-big");
    stack.icmp.sendFragmentationNeeded(packet, mtu);
    return;
  }
  counters.ipForwDatagrams++;
  if (length > mtu) {
    sendFragments(stack, path, packet);
    return;
  }
  const { frame } = stack;
  frame.set(bytes.subarray(ipAt, packet.end), AT);
  decrementIpv4TimeToLive(frame, AT);
  path.device.output(path, frame, AT + length);
}

/** RFC 1812 §5.3.7, RFC 3927 §7, RFC 6890: not 0/8, 127/8, link-local, groups, or what is reserved. */
function isForwardable(address: number): boolean {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224 && address >>> 16 !== 0xa9fe;
}

/** RFC 791 §3.2; the packet may be a fragment already. */
function sendFragments(stack: Stack, path: Path, packet: Packet): void {
  const { frame, counters } = stack;
  const { bytes, ipAt } = packet;
  const length = packet.end - packet.at;
  const start = ipv4FragmentOffset(bytes, ipAt);
  const isCut = ipv4HasMoreFragments(bytes, ipAt);
  const withChecksum = !path.device.transmitChecksums;
  counters.ipOutFragOKs++;
  for (let offset = 0; offset < length;) {
    let headerLength = packet.at - ipAt;
    if (offset === 0) frame.set(bytes.subarray(ipAt, packet.at), AT);
    else headerLength = copyIpv4HeaderForFragment(bytes, ipAt, frame, AT);
    const part = Math.min((path.device.mtu - headerLength) & ~7, length - offset);
    frame.set(bytes.subarray(packet.at + offset, packet.at + offset + part), AT + headerLength);
    setIpv4Lengths(frame, AT, headerLength, part);
    decrementIpv4TimeToLive(frame, AT);
    const hasMore = isCut || offset + part < length;
    markIpv4Fragment(frame, AT, ipv4Identification(bytes, ipAt), start + offset, hasMore, withChecksum);
    counters.ipOutFragCreates++;
    path.device.output(path, frame, AT + headerLength + part);
    offset += part;
  }
}
