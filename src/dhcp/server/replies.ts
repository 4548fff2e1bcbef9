import { Ipv4Address, maskOfPrefixLength, type Cidr } from "../../address/index.js";
import type { DhcpDestination, Random } from "../../host/index.js";
import {
  DHCP_CLIENT_PORT,
  DHCP_DATAGRAM_OVERHEAD,
  DHCP_DEFAULT_LIMIT,
  DHCP_INFINITE_TIME,
  DHCP_MAX_LENGTH,
  DHCP_SERVER_PORT,
  type DhcpMessage,
  type DhcpOptions,
} from "../../wire/index.js";

/** A client identifier up to here is a client's key, and echoed: what fits into one option. Of a longer one, the MAC is. */
export const MAX_CLIENT_IDENTIFIER = 255;

/** T1 and T2 as parts of the lease, and how much sooner they may come: at random, so that clients that were bound
 * together do not renew together (RFC 2131 §4.4.5). */
const RENEWAL = 0.5;
const REBINDING = 0.875;
const FUZZ = 1 / 16;

/** What a server tells its clients. */
export interface ServerParameters {
  /** The server's address, with the prefix of its subnet. */
  readonly subnet: Cidr;
  readonly address: Ipv4Address;
  readonly gateway?: Ipv4Address;
  readonly dns: readonly Ipv4Address[];
}

/** Seconds until the lease, T1 and T2 end; Infinity is forever. */
export interface LeaseTimes {
  readonly lease: number;
  readonly renewal: number;
  readonly rebinding: number;
}

/** A message that a server sends. */
export type DhcpServerMessage = DhcpMessage & { readonly type: "OFFER" | "ACK" | "NAK" };

/** What a client is known by: its identifier, or without one its MAC (RFC 2131 §4.2). */
export function clientKey({ chaddr, options }: DhcpMessage): string {
  const identifier = identifierOf(options);
  return identifier === undefined ? `mac ${chaddr.toString()}` : `id ${identifier.join(".")}`;
}

function identifierOf({ clientIdentifier }: DhcpOptions): Uint8Array | undefined {
  if (clientIdentifier === undefined || clientIdentifier.length > MAX_CLIENT_IDENTIFIER) return undefined;
  return clientIdentifier;
}

/** The times of a lease of so many seconds. */
export function leaseTimes(lease: number, random: Random): LeaseTimes {
  if (lease === Infinity) return { lease, renewal: Infinity, rebinding: Infinity };
  const sooner = random.uint32() % (Math.floor(lease * FUZZ) + 1);
  return {
    lease,
    renewal: Math.ceil(lease * RENEWAL) - sooner,
    rebinding: Math.ceil(lease * REBINDING) - sooner,
  };
}

/** Each of these follows a column of RFC 2131 §4.3.1, table 3. */
export function offer(
  parameters: ServerParameters,
  discover: DhcpMessage,
  address: Ipv4Address,
  times: LeaseTimes,
): DhcpServerMessage {
  const options = { ...configurationOptions(parameters), ...timeOptions(times) };
  return { ...reply(parameters, discover, options), type: "OFFER", yiaddr: address };
}

export function acknowledge(
  parameters: ServerParameters,
  request: DhcpMessage,
  address: Ipv4Address,
  times: LeaseTimes,
): DhcpServerMessage {
  const options = { ...configurationOptions(parameters), ...timeOptions(times) };
  return { ...reply(parameters, request, options), type: "ACK", ciaddr: request.ciaddr, yiaddr: address };
}

/** Answers INFORM: configuration, and no lease (RFC 2131 §4.3.5). */
export function inform(parameters: ServerParameters, request: DhcpMessage): DhcpServerMessage {
  return {
    ...reply(parameters, request, configurationOptions(parameters)),
    type: "ACK",
    ciaddr: request.ciaddr,
  };
}

/** @param reason for a person */
export function refuse(
  parameters: ServerParameters,
  request: DhcpMessage,
  reason: string,
): DhcpServerMessage {
  const message = reply(parameters, request, { message: reason });
  // A relay must broadcast it: the client may have an address of another network (RFC 2131 §4.3.2).
  return { ...message, type: "NAK", broadcast: message.broadcast || !request.giaddr.isUnspecified };
}

function reply(
  { address }: ServerParameters,
  { xid, broadcast, giaddr, chaddr, options: asked }: DhcpMessage,
  options: DhcpOptions,
): Omit<DhcpMessage, "type"> {
  const none = Ipv4Address.unspecified;
  return {
    hops: 0,
    xid,
    secs: 0,
    broadcast,
    ciaddr: none,
    yiaddr: none,
    siaddr: none,
    giaddr,
    chaddr,
    sname: "",
    file: "",
    // The identifier is echoed, so that a client that shares its MAC with another knows its own (RFC 6842 §3).
    options: { serverIdentifier: address, ...options, clientIdentifier: identifierOf(asked) },
  };
}

function configurationOptions({ subnet, gateway, dns }: ServerParameters): DhcpOptions {
  return {
    subnetMask: maskOfPrefixLength(subnet.prefixLength),
    broadcastAddress: subnet.broadcast,
    routers: gateway && [gateway],
    dnsServers: dns.length > 0 ? dns : undefined,
  };
}

function timeOptions({ lease, renewal, rebinding }: LeaseTimes): DhcpOptions {
  if (lease === Infinity) return { leaseTime: DHCP_INFINITE_TIME };
  return { leaseTime: lease, renewalTime: renewal, rebindingTime: rebinding };
}

/** Where a reply goes: RFC 2131 §4.1. */
export function destinationOf({
  type,
  broadcast,
  ciaddr,
  yiaddr,
  giaddr,
  chaddr,
}: DhcpServerMessage): DhcpDestination {
  if (!giaddr.isUnspecified) return { address: giaddr, port: DHCP_SERVER_PORT };
  if (type === "NAK") return { address: Ipv4Address.broadcast, port: DHCP_CLIENT_PORT };
  if (!ciaddr.isUnspecified) return { address: ciaddr, port: DHCP_CLIENT_PORT };
  if (broadcast) return { address: Ipv4Address.broadcast, port: DHCP_CLIENT_PORT };
  return { address: yiaddr, port: DHCP_CLIENT_PORT, mac: chaddr };
}

/** The longest message that the client takes (option 57), in bytes. */
export function limitOf({ options: { maxMessageSize = 0 } }: DhcpMessage): number {
  return Math.max(DHCP_DEFAULT_LIMIT, Math.min(maxMessageSize - DHCP_DATAGRAM_OVERHEAD, DHCP_MAX_LENGTH));
}
