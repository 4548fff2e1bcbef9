import { Ipv4Address } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";

/** @throws NetworkError EAFNOSUPPORT for anything but a literal IPv4 address */
export function checkAddress(address: string | undefined, operation: string): string {
  if (address !== undefined && Ipv4Address.tryParse(address) !== undefined) return address;
  throw new NetworkError("EAFNOSUPPORT", operation, address, "only IPv4 addresses can be given");
}

/** @throws NetworkError EINVAL for anything but a group of IPv4 */
export function checkGroup(group: string, operation: string): string {
  if (Ipv4Address.tryParse(group)?.isMulticast === true) return group;
  throw new NetworkError("EINVAL", operation, group, "it is no IPv4 group");
}

/**
 * Moddable ignores the address that a socket is to be bound to, and would let in more than was asked for.
 *
 * @throws NetworkError ENOTSUP
 */
export function checkUnbound(address: string | undefined, operation: string): void {
  if (address === undefined || address === "0.0.0.0") return;
  throw new NetworkError("ENOTSUP", operation, address, "the platform binds to all its addresses");
}
