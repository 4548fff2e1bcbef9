import { tryParseIpAddress } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";

/** How long an ESP32 is given to find a network before a socket that needs one is tried again, in ms. */
export const NETWORK_RETRY_DELAY = 500;

/** @throws NetworkError EINVAL for what is no address, EAFNOSUPPORT for IPv6 */
export function checkAddress(address: string | undefined, operation: string): string {
  const parsed = address === undefined ? undefined : tryParseIpAddress(address);
  if (address === undefined || parsed === undefined)
    throw new NetworkError("EINVAL", operation, address, "not an IP address");
  if (parsed.family !== 4)
    throw new NetworkError("EAFNOSUPPORT", operation, address, "only IPv4 addresses can be given");
  return address;
}

/** @throws NetworkError EINVAL for anything but a group of IPv4 */
export function checkGroup(group: string, operation: string): string {
  const parsed = tryParseIpAddress(group);
  if (parsed?.family === 4 && parsed.isMulticast) return group;
  throw new NetworkError("EINVAL", operation, group, "it is no IPv4 group");
}

/**
 * Moddable ignores the address that a socket is to be bound to, and would let in more than was asked for.
 *
 * @throws NetworkError ENOTSUP, and what `checkAddress` throws
 */
export function checkUnbound(address: string | undefined, operation: string): void {
  if (address === undefined || checkAddress(address, operation) === "0.0.0.0") return;
  throw new NetworkError("ENOTSUP", operation, address, "the platform binds to all its addresses");
}
