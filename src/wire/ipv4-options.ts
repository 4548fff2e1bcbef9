import { writeU16 } from "./bytes.js";
import {
  IPV4_HEADER_LENGTH,
  emitIpv4Checksum,
  ipv4HeaderLength,
  ipv4TotalLength,
  setIpv4Lengths,
} from "./ipv4.js";

/** The options of the IPv4 header (RFC 791 §3.1): a type octet, and for all but two of them a length and data. */
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;
const ROUTER_ALERT = 148;

/** Set in the type of an option that each fragment must carry. */
const COPIED = 0x80;

/** RFC 2113 §2.1: four bytes that make each router on the way look at the packet. */
export const ROUTER_ALERT_LENGTH = 4;

/** What an option says of its packet. */
export type Ipv4OptionsFault = "ipv4-options" | "ipv4-source-route";

/**
 * Checks the options of a header that `checkIpv4` has passed.
 *
 * A source route is a fault of its own: hosts and routers alike should drop what carries one (RFC 7126 §4.3 and §4.4), since it is
 * how a sender reaches whom it should not.
 *
 * @returns the fault; `ipv4OptionsProblem` tells where it stands
 */
export function checkIpv4Options(bytes: Uint8Array, at: number): Ipv4OptionsFault | undefined {
  const end = at + ipv4HeaderLength(bytes, at);
  for (let option = at + IPV4_HEADER_LENGTH; option < end;) {
    const type = bytes[option]!;
    if (type === END_OF_OPTIONS) break;
    const length = optionLength(bytes, option, end);
    if (length === 0) return "ipv4-options";
    if (type === LOOSE_SOURCE_ROUTE || type === STRICT_SOURCE_ROUTE) return "ipv4-source-route";
    option += length;
  }
  return undefined;
}

/** The offset in the header of the first option that is not well formed: what "parameter problem" points at. */
export function ipv4OptionsProblem(bytes: Uint8Array, at: number): number {
  const end = at + ipv4HeaderLength(bytes, at);
  let option = at + IPV4_HEADER_LENGTH;
  while (option < end && bytes[option] !== END_OF_OPTIONS) {
    const length = optionLength(bytes, option, end);
    if (length === 0) break;
    option += length;
  }
  return option - at;
}

/** In bytes; 0 if the option is cut short or says nonsense. */
function optionLength(bytes: Uint8Array, option: number, end: number): number {
  if (bytes[option] === NO_OPERATION) return 1;
  const length = option + 1 < end ? bytes[option + 1]! : 0;
  return length >= 2 && option + length <= end ? length : 0;
}

/** True if routers are asked to look at the packet (RFC 2113). The options have been checked. */
export function ipv4HasRouterAlert(bytes: Uint8Array, at: number): boolean {
  const end = at + ipv4HeaderLength(bytes, at);
  for (let option = at + IPV4_HEADER_LENGTH; option < end && bytes[option] !== END_OF_OPTIONS;) {
    if (bytes[option] === ROUTER_ALERT) return true;
    option += optionLength(bytes, option, end);
  }
  return false;
}

/**
 * Writes the header of a fragment other than the first, which carries only some of the options (RFC 791 §3.1), from the
 * whole packet's. The options have been checked. Lengths, offset and checksum are still the packet's.
 * @returns the length of the new header in bytes
 */
export function copyIpv4HeaderForFragment(
  from: Uint8Array,
  fromAt: number,
  to: Uint8Array,
  toAt: number,
): number {
  const end = fromAt + ipv4HeaderLength(from, fromAt);
  to.set(from.subarray(fromAt, fromAt + IPV4_HEADER_LENGTH), toAt);
  let written = toAt + IPV4_HEADER_LENGTH;
  for (let option = fromAt + IPV4_HEADER_LENGTH; option < end && from[option] !== END_OF_OPTIONS;) {
    const length = optionLength(from, option, end);
    if ((from[option]! & COPIED) !== 0) {
      to.set(from.subarray(option, option + length), written);
      written += length;
    }
    option += length;
  }
  while (((written - toAt) & 3) !== 0) to[written++] = END_OF_OPTIONS;
  return written - toAt;
}

/**
 * Adds Router Alert to the header of 20 bytes that was just emitted; the payload begins `ROUTER_ALERT_LENGTH` later than
 * it did.
 */
export function addRouterAlert(bytes: Uint8Array, at: number, withChecksum: boolean): void {
  const payloadLength = ipv4TotalLength(bytes, at) - IPV4_HEADER_LENGTH;
  setIpv4Lengths(bytes, at, IPV4_HEADER_LENGTH + ROUTER_ALERT_LENGTH, payloadLength);
  bytes[at + IPV4_HEADER_LENGTH] = ROUTER_ALERT;
  bytes[at + IPV4_HEADER_LENGTH + 1] = ROUTER_ALERT_LENGTH;
  // "Router shall examine packet", the only value there is.
  writeU16(bytes, at + IPV4_HEADER_LENGTH + 2, 0);
  if (withChecksum) emitIpv4Checksum(bytes, at, IPV4_HEADER_LENGTH + ROUTER_ALERT_LENGTH);
}
