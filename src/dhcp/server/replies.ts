/** The messages that a server sends: each function follows a column of RFC 2131 §4.3.1, table 3. */
import { Ipv4Address, maskOfPrefixLength, type Cidr } from "../../address/index.js";
import type { DhcpDestination, Random } from "../../host/index.js";
import {
  DHCP_CLIENT_PORT,
  DHCP_DATAGRAM_OVERHEAD,
  DHCP_DEFAULT_LIMIT,
  DHCP_INFINITE_TIME,
  DHCP_MAX_LENGTH,
  DHCP_SERVER_PORT,
  type DhcpFqdn,
  type DhcpMessage,
  type DhcpOptions,
} from "../../wire/index.js";

/** T1 and T2 as parts of the lease, and how much sooner they may come: at random, so that clients that were bound
 * together do not renew together (RFC 2131 §4.4.5). */
const RENEWAL = 0.5;
const REBINDING = 0.875;
const FUZZ = 1 / 16;

/** What a server gives: an address, and for how long. */
export interface Grant {
  readonly address: Ipv4Address;
  readonly times: LeaseTimes;
}

/** Seconds until the lease, T1 and T2 end; Infinity is forever. */
export interface LeaseTimes {
  readonly lease: number;
  readonly renewal: number;
  readonly rebinding: number;
}

/** A message that a server sends, without the options that a client may or may not ask for. */
export type DhcpServerMessage = DhcpMessage & { readonly type: "OFFER" | "ACK" | "NAK" };

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

export function offer(
  server: Ipv4Address,
  network: Cidr,
  discover: DhcpMessage,
  grant: Grant,
): DhcpServerMessage {
  const options = { ...leaseOptions(discover, grant), subnetMask: maskOf(network) };
  return { ...reply(server, discover, options), type: "OFFER", yiaddr: grant.address };
}

/** Answers REQUEST, and a DISCOVER with rapid commit (RFC 4039 §3.1). */
export function acknowledge(
  server: Ipv4Address,
  network: Cidr,
  request: DhcpMessage,
  grant: Grant,
): DhcpServerMessage {
  const options: DhcpOptions = {
    ...leaseOptions(request, grant),
    subnetMask: maskOf(network),
    rapidCommit: request.type === "DISCOVER" ? true : undefined,
  };
  return {
    ...reply(server, request, options),
    type: "ACK",
    ciaddr: request.ciaddr,
    yiaddr: grant.address,
  };
}

/** Answers INFORM: configuration, and no lease (RFC 2131 §4.3.5). */
export function inform(server: Ipv4Address, network: Cidr, request: DhcpMessage): DhcpServerMessage {
  const options = { subnetMask: maskOf(network) };
  return { ...reply(server, request, options), type: "ACK", ciaddr: request.ciaddr };
}

/** @param reason for a person */
export function refuse(server: Ipv4Address, request: DhcpMessage, reason: string): DhcpServerMessage {
  const message = reply(server, request, { message: reason });
  // A relay must broadcast it: the client may have an address of another network (RFC 2131 §4.3.2).
  return { ...message, type: "NAK", broadcast: message.broadcast || !request.giaddr.isUnspecified };
}

function reply(
  server: Ipv4Address,
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
    options: {
      serverIdentifier: server,
      ...options,
      // So that a client that shares its MAC with another knows its own (RFC 6842 §3).
      clientIdentifier: asked.clientIdentifier,
      subnetSelection: asked.subnetSelection,
      relayAgentInformation: asked.relayAgentInformation,
    },
  };
}

function maskOf({ prefixLength }: Cidr): Ipv4Address {
  return maskOfPrefixLength(prefixLength);
}

function leaseOptions({ options: { clientFqdn } }: DhcpMessage, { times }: Grant): DhcpOptions {
  return { ...timeOptions(times), clientFqdn: clientFqdn && answerTo(clientFqdn) };
}

function timeOptions({ lease, renewal, rebinding }: LeaseTimes): DhcpOptions {
  if (lease === Infinity) return { leaseTime: DHCP_INFINITE_TIME };
  return { leaseTime: lease, renewalTime: renewal, rebindingTime: rebinding };
}

/** That this server tells no DNS of the client's name, in the encoding that the client used (RFC 4702 §4). */
function answerTo({ name, ascii, serverUpdates }: DhcpFqdn): DhcpFqdn {
  return { name, ascii, overridden: serverUpdates, noUpdates: true, fromServer: true };
}

/** Where an answer goes: RFC 2131 §4.1; to INFORM §4.3.5. */
export function destinationOf(
  { type, broadcast, ciaddr, yiaddr, giaddr, chaddr }: DhcpServerMessage,
  request: DhcpMessage,
): DhcpDestination {
  const isToRelay = !giaddr.isUnspecified && request.type !== "INFORM";
  if (isToRelay) return { address: giaddr, port: DHCP_SERVER_PORT };
  if (type === "NAK") return { address: Ipv4Address.broadcast, port: DHCP_CLIENT_PORT };
  if (!ciaddr.isUnspecified) return { address: ciaddr, port: DHCP_CLIENT_PORT };
  if (broadcast) return { address: Ipv4Address.broadcast, port: DHCP_CLIENT_PORT };
  return { address: yiaddr, port: DHCP_CLIENT_PORT, mac: chaddr };
}

/** The longest message that the client takes (option 57), in bytes. */
export function limitOf({ options: { maxMessageSize = 0 } }: DhcpMessage): number {
  return Math.max(DHCP_DEFAULT_LIMIT, Math.min(maxMessageSize - DHCP_DATAGRAM_OVERHEAD, DHCP_MAX_LENGTH));
}
