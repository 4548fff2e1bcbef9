/** Makes the server's subnets of its options, and refuses what makes no sense. */
import { Cidr, type Ipv4Address } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  DHCP_INFINITE_TIME,
  DhcpCode,
  writeDhcpOptions,
  type DhcpOptions,
  type DhcpRawOption,
} from "../../wire/index.js";
import { MAX_CLIENT_IDENTIFIER } from "./client-identity.js";
import {
  DEFAULT_LEASE,
  MAX_SERVER_DNS,
  MAX_SERVER_LEASES,
  MAX_SUBNETS,
  type AddressRange,
  type DhcpPool,
  type DhcpReservation,
  type DhcpServerSettings,
  type DhcpSubnet,
} from "./options.js";
import { Pool } from "./pool.js";
import { Reservations, type Reservation } from "./reservations.js";
import { Subnet, type PoolSettings } from "./subnet.js";

/** Options that the server fills in itself, from the lease and from the message that it answers. */
const OWN_CODES: readonly number[] = Object.freeze([
  DhcpCode.subnetMask,
  DhcpCode.requestedAddress,
  DhcpCode.leaseTime,
  DhcpCode.serverIdentifier,
  DhcpCode.parameterRequestList,
  DhcpCode.message,
  DhcpCode.maxMessageSize,
  DhcpCode.renewalTime,
  DhcpCode.rebindingTime,
  DhcpCode.clientIdentifier,
  DhcpCode.rapidCommit,
  DhcpCode.clientFqdn,
  DhcpCode.relayAgentInformation,
  DhcpCode.subnetSelection,
]);

/** @throws NetworkError EINVAL if an option makes no sense, or two contradict each other */
export function makeSubnets(settings: DhcpServerSettings): Subnet[] {
  const described = settings.subnets ?? [
    { ...settings, network: ownNetwork(settings), pools: [settings.pool] },
  ];
  if (described.length > MAX_SUBNETS) throw invalid(`${described.length} subnets`);
  described.forEach(checkSubnet);
  for (const [index, subnet] of described.entries()) {
    if (described.slice(0, index).some((other) => overlap(spanOf(other.network), spanOf(subnet.network))))
      throw invalid(`${subnet.network.toString()} twice`);
  }
  const { reservations = [] } = settings;
  for (const { address } of reservations) {
    const isServed = described.some(({ network }) => network.contains(address));
    if (!isServed || address.equals(settings.address))
      throw invalid(`reserved address ${address.toString()}`);
  }
  return described.map((subnet) => makeSubnet(subnet, settings));
}

function ownNetwork({ address, prefixLength }: { address: Ipv4Address; prefixLength: number }): Cidr {
  if (!isPrefixLength(prefixLength)) throw invalid(`a prefix of ${prefixLength} bits`);
  return new Cidr(address, prefixLength);
}

function isPrefixLength(bits: number): boolean {
  return bits >= 1 && bits <= 30 && Number.isInteger(bits);
}

function checkSubnet({ network, pools, dns = [], leaseSeconds }: DhcpSubnet): void {
  if (network.address.family !== 4 || !isPrefixLength(network.prefixLength))
    throw invalid(`subnet ${network.toString()}`);
  if (dns.length > MAX_SERVER_DNS) throw invalid(`${dns.length} name servers`);
  checkLease(leaseSeconds);
  for (const [index, pool] of pools.entries()) {
    const { first, last, excluded = [] } = pool;
    if (first.value > last.value || !network.contains(first) || !network.contains(last))
      throw invalid(`pool ${rangeText(pool)} in ${network.toString()}`);
    if (pools.slice(0, index).some((other) => overlap(other, pool)))
      throw invalid(`addresses of pool ${rangeText(pool)} twice`);
    const backward = excluded.find((range) => range.first.value > range.last.value);
    if (backward !== undefined) throw invalid(`excluded range ${rangeText(backward)}`);
    checkLease(pool.leaseSeconds);
  }
}

function makeSubnet(subnet: DhcpSubnet, settings: DhcpServerSettings): Subnet {
  const { network, gateway, dns, leaseSeconds = DEFAULT_LEASE } = subnet;
  const { address, maxLeases = MAX_SERVER_LEASES } = settings;
  const hosts = (settings.reservations ?? []).filter((host) => network.contains(host.address));
  const span = spanOf(network);
  const taken = [address, span.first, span.last, ...hosts.map((host) => host.address)];
  if (gateway !== undefined) taken.push(gateway);
  return new Subnet({
    network,
    pools: subnet.pools.map((pool) => makePool(pool, taken.map(single))),
    reservations: makeReservations(hosts),
    leaseSeconds,
    options: rawOptions({
      routers: gateway && [gateway],
      dnsServers: dns !== undefined && dns.length > 0 ? dns : undefined,
      broadcastAddress: span.last,
      ...subnet.options,
    }),
    maxLeases,
  });
}

function makePool(pool: DhcpPool, taken: readonly AddressRange[]): PoolSettings {
  const excluded = [...(pool.excluded ?? []), ...taken].filter((range) => overlap(range, pool));
  return {
    pool: new Pool(pool, excluded),
    leaseSeconds: pool.leaseSeconds,
    options: rawOptions(pool.options),
  };
}

function makeReservations(hosts: readonly DhcpReservation[]): Reservations {
  const reservations = new Reservations();
  for (const host of hosts) {
    if (!reservations.add(makeReservation(host)))
      throw invalid(`two reservations of ${host.address.toString()} or for its client`);
  }
  return reservations;
}

function makeReservation({ hostName, options, ...host }: DhcpReservation): Reservation {
  const { address, mac, clientIdentifier, leaseSeconds } = host;
  const length = clientIdentifier?.length ?? 1;
  if ((mac === undefined && clientIdentifier === undefined) || length === 0 || length > MAX_CLIENT_IDENTIFIER)
    throw invalid(`a reservation of ${address.toString()} for nobody`);
  checkLease(leaseSeconds);
  return { address, mac, clientIdentifier, leaseSeconds, options: rawOptions({ hostName, ...options }) };
}

function rawOptions(options: DhcpOptions = {}): DhcpRawOption[] {
  const raw = writeDhcpOptions(options);
  const own = raw.find(({ code }) => OWN_CODES.includes(code));
  if (own !== undefined) throw invalid(`option ${own.code}, which the server fills in`);
  return raw;
}

function checkLease(seconds: number | undefined): void {
  if (seconds === undefined || seconds === Infinity) return;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds >= DHCP_INFINITE_TIME)
    throw invalid(`a lease of ${seconds} s`);
}

function spanOf(network: Cidr): AddressRange {
  return { first: network.network as Ipv4Address, last: network.broadcast! };
}

function single(address: Ipv4Address): AddressRange {
  return { first: address, last: address };
}

function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.first.value <= b.last.value && b.first.value <= a.last.value;
}

function rangeText({ first, last }: AddressRange): string {
  return `${first.toString()}-${last.toString()}`;
}

function invalid(what: string): NetworkError {
  return new NetworkError("EINVAL", "make DHCP server with", what);
}
