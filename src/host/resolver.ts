import { Pattern } from "./pattern.js";
import { Ipv4Address, type IpAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";

/**
 * Finds the addresses of a host name, the one to try first in front.
 *
 * @throws whatever a call that was given the name is to be rejected with
 */
export type Resolver = (name: string) => readonly IpAddress[] | Promise<readonly IpAddress[]>;

/** RFC 6761 §6.3: it and the names below it stand for this host and are never asked for. */
const LOCALHOST = new Pattern(() => /(^|\.)localhost\.?$/i);

export function isLocalhost(name: string): boolean {
  return LOCALHOST.regexp.test(name);
}

/**
 * The addresses that a name stands for, in the order in which they are to be tried; at least one.
 *
 * @param operation what they are wanted for, and `subject` whom: for the error
 * @throws NetworkError ENOTSUP without a resolver, EHOSTUNREACH if the name has no address, and what the resolver throws
 */
export async function resolveName(
  name: string,
  resolve: Resolver | undefined,
  operation: string,
  subject: string,
): Promise<readonly IpAddress[]> {
  if (isLocalhost(name)) return [Ipv4Address.loopback];
  if (resolve === undefined)
    throw new NetworkError("ENOTSUP", operation, subject, "it is a name, and no resolver was given");
  const addresses = await resolve(name);
  if (addresses.length === 0)
    throw new NetworkError("EHOSTUNREACH", operation, subject, "the name has no address");
  return addresses;
}
