import { Ipv4Address, type MacAddress } from "../../address/index.js";
import {
  DHCP_DATAGRAM_OVERHEAD,
  DHCP_MAX_LENGTH,
  DhcpCode,
  type DhcpMessage,
  type DhcpOptions,
} from "../../wire/index.js";
import type { DhcpLease } from "./lease.js";

/** Who asks. */
export interface DhcpClientIdentity {
  readonly mac: MacAddress;
  readonly hostName?: string;
  /** The longest IP datagram that can be received, in bytes. */
  readonly mtu: number;
  /** Whether answers must be broadcast until there is an address (RFC 2131 §4.1). */
  readonly broadcast: boolean;
}

/** What messages of one exchange share. */
export interface DhcpTransaction {
  readonly xid: number;
  readonly secs: number;
}

/** A message that a client sends. */
export type DhcpClientMessage = DhcpMessage & {
  readonly type: "DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE";
};

const PARAMETERS: readonly number[] = Object.freeze([
  DhcpCode.subnetMask,
  DhcpCode.routers,
  DhcpCode.dnsServers,
  DhcpCode.domainName,
  DhcpCode.broadcastAddress,
  DhcpCode.leaseTime,
  DhcpCode.renewalTime,
  DhcpCode.rebindingTime,
]);

/** The least that option 57 may say (RFC 2132 §9.10), and the most that `parseDhcp` takes. */
const LEAST_MAX_MESSAGE_SIZE = 576;
const MOST_MAX_MESSAGE_SIZE = DHCP_MAX_LENGTH + DHCP_DATAGRAM_OVERHEAD;
const HARDWARE_ETHERNET = 1;

/** Each of these follows a column of RFC 2131 §4.4.1, table 5. */
export function discover(identity: DhcpClientIdentity, transaction: DhcpTransaction): DhcpClientMessage {
  return {
    ...message(identity, transaction, asking(identity)),
    type: "DISCOVER",
    broadcast: identity.broadcast,
  };
}

/** Takes an offer: SELECTING. */
export function request(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  { address, server }: DhcpLease,
): DhcpClientMessage {
  const options = { ...asking(identity), requestedAddress: address, serverIdentifier: server };
  return { ...message(identity, transaction, options), type: "REQUEST", broadcast: identity.broadcast };
}

/** Extends a lease: RENEWING and REBINDING. */
export function extend(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  { address }: DhcpLease,
): DhcpClientMessage {
  return { ...message(identity, transaction, asking(identity)), type: "REQUEST", ciaddr: address };
}

export function decline(
  identity: DhcpClientIdentity,
  xid: number,
  { address, server }: DhcpLease,
): DhcpClientMessage {
  const options = {
    requestedAddress: address,
    serverIdentifier: server,
    clientIdentifier: clientIdentifier(identity),
    message: "address in use",
  };
  return { ...message(identity, { xid, secs: 0 }, options), type: "DECLINE" };
}

export function release(
  identity: DhcpClientIdentity,
  xid: number,
  { address, server }: DhcpLease,
): DhcpClientMessage {
  const options = { serverIdentifier: server, clientIdentifier: clientIdentifier(identity) };
  return { ...message(identity, { xid, secs: 0 }, options), type: "RELEASE", ciaddr: address };
}

/** What DISCOVER and REQUEST ask for, and by what name. */
function asking(identity: DhcpClientIdentity): DhcpOptions {
  return {
    maxMessageSize: Math.max(LEAST_MAX_MESSAGE_SIZE, Math.min(identity.mtu, MOST_MAX_MESSAGE_SIZE)),
    parameterRequestList: Uint8Array.from(PARAMETERS),
    hostName: identity.hostName,
    clientIdentifier: clientIdentifier(identity),
  };
}

/** Hardware type and MAC (RFC 2132 §9.14): the same in each message, so that a server knows the client again. */
function clientIdentifier({ mac }: DhcpClientIdentity): Uint8Array {
  const bytes = new Uint8Array(7);
  bytes[0] = HARDWARE_ETHERNET;
  mac.write(bytes, 1);
  return bytes;
}

function message(
  { mac }: DhcpClientIdentity,
  { xid, secs }: DhcpTransaction,
  options: DhcpOptions,
): Omit<DhcpMessage, "type"> {
  const none = Ipv4Address.unspecified;
  return {
    hops: 0,
    xid,
    secs,
    broadcast: false,
    ciaddr: none,
    yiaddr: none,
    siaddr: none,
    giaddr: none,
    chaddr: mac,
    sname: "",
    file: "",
    options,
  };
}
