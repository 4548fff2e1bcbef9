import { Ipv4Address, SocketAddress, parseIpAddress, parsePort, type IpAddress } from "../address/index.js";
import { Pattern, isLocalhost, resolveName, type Resolver } from "../host/index.js";

/**
 * One end of a connection, as a caller may write it: `"192.168.1.1:8080"`, `"[::1]:8080"`, `["192.168.1.1", 8080]`,
 * `{ address: "192.168.1.1", port: 8080 }` or a SocketAddress. A host name may stand in place of the address where the
 * provider has a resolver; "localhost" needs none.
 */
export type AddressLike =
  | string
  | { readonly address: string | IpAddress; readonly port: number }
  | readonly [address: string, port: number]
  | SocketAddress;

/** A port of a host whose address is still to be found. */
export interface NamedTarget {
  readonly name: string;
  readonly port: number;
}

/** RFC 1035 §2.3.4 allows 255 bytes on the wire, which are 253 characters as a name is written. */
const NAME = new Pattern(() => /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.|$))+$/i);

/** What ends so was meant to be an IPv4 address: there is no top-level domain of digits (RFC 3696 §2). */
const ENDS_IN_NUMBER = new Pattern(() => /(^|\.)[0-9]+\.?$/);

/**
 * Reads an address; asks nobody.
 *
 * @throws NetworkError EINVAL
 */
export function parseAddress(like: AddressLike): SocketAddress | NamedTarget {
  if (like instanceof SocketAddress) return like;
  if (typeof like === "string") return fromText(like);
  const { address, port } = isPair(like) ? { address: like[0], port: like[1] } : like;
  if (typeof address !== "string") return new SocketAddress(address, port);
  if (!isName(address)) return new SocketAddress(parseIpAddress(address), port);
  // For its check of the port.
  return named(address, new SocketAddress(Ipv4Address.loopback, port).port);
}

/**
 * The addresses that a name stands for, in the order in which they are to be tried; at least one.
 *
 * @throws NetworkError ENOTSUP without a resolver, EHOSTUNREACH if the name has no address, and what the resolver throws
 */
export async function resolveTarget(
  { name, port }: NamedTarget,
  resolve: Resolver | undefined,
  operation: string,
): Promise<readonly SocketAddress[]> {
  const addresses = await resolveName(name, resolve, operation, `${name}:${port}`);
  return addresses.map((address) => new SocketAddress(address, port));
}

/** The address that a socket is bound to; undefined if it stands for any. */
export function specifiedText(bound: SocketAddress | undefined): string | undefined {
  return bound === undefined || bound.address.isUnspecified ? undefined : bound.address.toString();
}

function fromText(text: string): SocketAddress | NamedTarget {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  // What is neither an address nor a name is refused as an address: its parser knows what is wrong with it.
  if (colon < 0 || !isName(name)) return SocketAddress.parse(text);
  return named(name, parsePort(text.slice(colon + 1)));
}

function named(name: string, port: number): SocketAddress | NamedTarget {
  return isLocalhost(name) ? new SocketAddress(Ipv4Address.loopback, port) : { name, port };
}

function isName(text: string): boolean {
  return NAME.regexp.test(text) && !ENDS_IN_NUMBER.regexp.test(text);
}

function isPair(like: object): like is readonly [string, number] {
  return Array.isArray(like);
}
