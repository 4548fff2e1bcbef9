import { Ipv4Address, type MacAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  DHCP_DATAGRAM_OVERHEAD,
  DHCP_INFINITE_TIME,
  DHCP_MAX_LENGTH,
  DhcpCode,
  emitDhcp,
  ethernetClientIdentifier,
  type DhcpMessage,
  type DhcpOptions,
} from "../../wire/index.js";
import type { DhcpLease } from "./lease.js";
import type { DhcpRequestOptions } from "./options.js";

/** A host name is one DNS label (RFC 1035 §2.3.4). */
export const MAX_HOST_NAME = 63;

/** Who asks, and for what. */
export interface DhcpClientIdentity {
  readonly mac: MacAddress;
  readonly clientIdentifier: Uint8Array;
  /** What goes into each message that asks: DISCOVER, REQUEST and INFORM. */
  readonly asking: DhcpOptions;
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
  readonly type: "DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE" | "INFORM";
};

/** The options that the client itself has a use for; 121 first, so that a server without room leaves out others (RFC 3442). */
const PARAMETERS: readonly number[] = Object.freeze([
  DhcpCode.classlessRoutes,
  DhcpCode.subnetMask,
  DhcpCode.routers,
  DhcpCode.dnsServers,
  DhcpCode.domainName,
  DhcpCode.domainSearch,
  DhcpCode.broadcastAddress,
  DhcpCode.leaseTime,
  DhcpCode.renewalTime,
  DhcpCode.rebindingTime,
  DhcpCode.ntpServers,
  DhcpCode.captivePortal,
]);

/** The least that option 57 may say (RFC 2132 §9.10), and the most that `parseDhcp` takes. */
const LEAST_MAX_MESSAGE_SIZE = 576;
const MOST_MAX_MESSAGE_SIZE = DHCP_MAX_LENGTH + DHCP_DATAGRAM_OVERHEAD;

/**
 * @param mtu the longest IP datagram that can be received, in bytes
 * @throws NetworkError EINVAL for a name, code, time or identifier that cannot be sent, EMSGSIZE if all together is too long
 */
export function identify(mac: MacAddress, mtu: number, options: DhcpRequestOptions): DhcpClientIdentity {
  const { hostName, clientFqdn, vendorClass, userClasses, request: wanted = [], leaseSeconds } = options;
  if (hostName !== undefined) checkHostName(hostName);
  const { clientIdentifier = ethernetClientIdentifier(mac) } = options;
  // RFC 2132 §9.14: a type and at least one byte more.
  if (clientIdentifier.length < 2)
    throw new NetworkError("EINVAL", "start DHCP", undefined, "a client identifier of less than 2 bytes");
  const asking: DhcpOptions = {
    ...options.options,
    maxMessageSize: Math.max(LEAST_MAX_MESSAGE_SIZE, Math.min(mtu, MOST_MAX_MESSAGE_SIZE)),
    parameterRequestList: Uint8Array.from(new Set([...PARAMETERS, ...wanted.map(checkCode)])),
    // RFC 4702 §3.1: a client says its name in one of the two.
    ...(clientFqdn === undefined ? { hostName } : { clientFqdn }),
    ...(vendorClass === undefined ? {} : { vendorClass }),
    ...(userClasses === undefined ? {} : { userClasses }),
    ...(leaseSeconds === undefined ? {} : { leaseTime: checkLeaseSeconds(leaseSeconds) }),
    clientIdentifier,
    // Each message says these for itself.
    requestedAddress: undefined,
    serverIdentifier: undefined,
    rapidCommit: undefined,
  };
  const identity = { mac, clientIdentifier, asking, broadcast: options.broadcast ?? false };
  const any = Ipv4Address.unspecified;
  // The longest of its messages: what does not fit shall fail here, not on its way to a server.
  emitDhcp(request(identity, { xid: 0, secs: 0 }, { address: any, server: any }));
  return identity;
}

/** Each of these follows a column of RFC 2131 §4.4.1, table 5. */
export function discover(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  wishes: Pick<DhcpOptions, "requestedAddress" | "rapidCommit" | "autoConfigure">,
): DhcpClientMessage {
  const options = { ...identity.asking, ...wishes };
  return { ...message(identity, transaction, options), type: "DISCOVER", broadcast: identity.broadcast };
}

/** Takes an offer: SELECTING. */
export function request(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  { address, server }: Pick<DhcpLease, "address" | "server">,
): DhcpClientMessage {
  const options = { ...identity.asking, requestedAddress: address, serverIdentifier: server };
  return { ...message(identity, transaction, options), type: "REQUEST", broadcast: identity.broadcast };
}

/** Asks whether a lease from before still holds: INIT-REBOOT. No server is named (RFC 2131 §4.3.2). */
export function confirm(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  { address }: DhcpLease,
): DhcpClientMessage {
  const options = { ...identity.asking, requestedAddress: address };
  return { ...message(identity, transaction, options), type: "REQUEST", broadcast: identity.broadcast };
}

/** Extends a lease: RENEWING and REBINDING. */
export function extend(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  { address }: DhcpLease,
): DhcpClientMessage {
  return { ...message(identity, transaction, identity.asking), type: "REQUEST", ciaddr: address };
}

export function decline(
  identity: DhcpClientIdentity,
  xid: number,
  { address, server }: DhcpLease,
): DhcpClientMessage {
  const options = {
    requestedAddress: address,
    serverIdentifier: server,
    clientIdentifier: identity.clientIdentifier,
    message: "address in use",
  };
  return { ...message(identity, { xid, secs: 0 }, options), type: "DECLINE" };
}

export function release(
  identity: DhcpClientIdentity,
  xid: number,
  { address, server }: DhcpLease,
): DhcpClientMessage {
  const { clientIdentifier } = identity;
  const options = { serverIdentifier: server, clientIdentifier };
  return { ...message(identity, { xid, secs: 0 }, options), type: "RELEASE", ciaddr: address };
}

/** Asks for options only, for an address from elsewhere. A lease time must not be asked for. */
export function inform(
  identity: DhcpClientIdentity,
  transaction: DhcpTransaction,
  address: Ipv4Address,
): DhcpClientMessage {
  const options = { ...identity.asking, leaseTime: undefined };
  return { ...message(identity, transaction, options), type: "INFORM", ciaddr: address };
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

function checkHostName(hostName: string): void {
  let characters = 0;
  let printable = true;
  for (const character of hostName) {
    characters++;
    if (character <= " " || character > "~") printable = false;
  }
  if (printable && characters >= 1 && characters <= MAX_HOST_NAME) return;
  throw new NetworkError(
    "EINVAL",
    "start DHCP with host name",
    hostName,
    "not 1 to 63 printable ASCII characters",
  );
}

function checkCode(code: number): number {
  if (Number.isInteger(code) && code >= 1 && code <= 254) return code;
  throw new NetworkError("EINVAL", "ask for DHCP option", String(code), "not an integer from 1 to 254");
}

function checkLeaseSeconds(seconds: number): number {
  if (seconds === Infinity) return DHCP_INFINITE_TIME;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= DHCP_INFINITE_TIME) return seconds;
  throw new NetworkError("EINVAL", "ask for a lease of", String(seconds), "not whole seconds");
}
