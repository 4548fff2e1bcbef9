import { Ipv4Address, MAX_PORT } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";

/** @throws NetworkError EINVAL */
export function checkPort(port: number | undefined, least: 0 | 1, operation: string): number {
  if (port !== undefined && Number.isInteger(port) && port >= least && port <= MAX_PORT) return port;
  throw new NetworkError("EINVAL", operation, String(port), "not a port");
}

/** @throws NetworkError EAFNOSUPPORT for anything but a literal IPv4 address */
export function checkAddress(address: string | undefined, operation: string): string {
  if (address !== undefined && Ipv4Address.tryParse(address) !== undefined) return address;
  throw new NetworkError("EAFNOSUPPORT", operation, address, "only IPv4 addresses can be given");
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
