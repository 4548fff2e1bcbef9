import { type Ipv4Address, prefixLengthOfMask } from "../../address/index.js";
import type { Ipv4Configuration, Ipv4Route } from "../../host/index.js";
import {
  DHCP_INFINITE_TIME,
  packDhcpOptions,
  unpackDhcpOptions,
  type DhcpOptions,
} from "../../wire/index.js";

/** T1 and T2 as parts of the lease, where the server sets none (RFC 2131 §4.4.5). */
export const DEFAULT_RENEWAL = 0.5;
export const DEFAULT_REBINDING = 0.875;
/** A shorter lease, in seconds, is refused: the probe of its address takes up to 7 s (RFC 5227 §1.1). */
export const LEAST_LEASE = 10;
/** The least T1 that is believed, in seconds: a server must not make its clients ask it all the time. */
export const LEAST_RENEWAL = 5;
/** Name servers kept: resolvers try no more than three, and a server may send hundreds. */
export const MAX_DNS_SERVERS = 4;
/** Routes kept, besides the default one: each takes memory, and is looked at for each packet. */
export const MAX_ROUTES = 8;
/** Domains kept: resolvers have never tried more than six. */
export const MAX_SEARCH_DOMAINS = 6;

/** When a lease has to be extended, and when it ends, in seconds from `obtainedAt`; Infinity never comes. */
export interface LeaseTimes {
  readonly leaseSeconds: number;
  /** T1: when to ask the server to extend the lease. */
  readonly renewSeconds: number;
  /** T2: when to ask any server. */
  readonly rebindSeconds: number;
}

/** What a server lets a client use, and for how long. */
export class DhcpLease implements LeaseTimes {
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
  readonly rebindSeconds: number;

  /**
   * @param server who gave it, and extends it
   * @param obtainedAt monotonic ms from which the times count: when the lease was requested (RFC 2131 §4.4.1)
   * @param packedOptions all options that came with it, as `packDhcpOptions` makes them: objects would take more memory
   */
  constructor(
    readonly address: Ipv4Address,
    readonly prefixLength: number,
    readonly server: Ipv4Address,
    times: LeaseTimes,
    readonly obtainedAt: number,
    readonly packedOptions: Uint8Array,
  ) {
    this.leaseSeconds = times.leaseSeconds;
    this.renewSeconds = times.renewSeconds;
    this.rebindSeconds = times.rebindSeconds;
  }

  /** All options that came with it. Decoded anew each time. */
  get options(): DhcpOptions {
    return unpackDhcpOptions(this.packedOptions);
  }

  /** Monotonic ms of T1. */
  get renewsAt(): number {
    return this.obtainedAt + this.renewSeconds * 1_000;
  }

  /** Monotonic ms of T2. */
  get rebindsAt(): number {
    return this.obtainedAt + this.rebindSeconds * 1_000;
  }

  /** Monotonic ms at which the lease ends. */
  get expiresAt(): number {
    return this.obtainedAt + this.leaseSeconds * 1_000;
  }

  /** What the interface gets. Made anew each time. */
  get configuration(): Ipv4Configuration {
    const { address, prefixLength, options } = this;
    const { domainName: domain, domainSearch: search } = options;
    return {
      address,
      prefixLength,
      ...readRoutes(options),
      dns: (options.dnsServers ?? []).filter(isHost).slice(0, MAX_DNS_SERVERS),
      ...(domain === undefined ? {} : { domain }),
      ...(search === undefined ? {} : { search: search.slice(0, MAX_SEARCH_DOMAINS) }),
    };
  }
}

/** With classless routes, the router option must be ignored (RFC 3442). */
function readRoutes({
  classlessRoutes,
  routers,
}: DhcpOptions): Pick<Ipv4Configuration, "gateway" | "routes"> {
  if (classlessRoutes === undefined) return { gateway: routers?.find(isHost) };
  const usable = classlessRoutes.filter(({ gateway }) => gateway === undefined || isHost(gateway));
  const gateway = usable.find((route) => isDefault(route) && route.gateway !== undefined)?.gateway;
  return { gateway, routes: usable.filter((route) => !isDefault(route)).slice(0, MAX_ROUTES) };
}

function isDefault({ destination }: Ipv4Route): boolean {
  return destination.prefixLength === 0;
}

/** Why an OFFER or ACK holds no lease. */
export type LeaseFault = "no-server" | "bad-address" | "bad-lease-time" | "bad-subnet-mask";

/**
 * The lease that an OFFER or ACK holds.
 * @param yiaddr the address
 * @param obtainedAt monotonic ms
 */
export function readLease(
  yiaddr: Ipv4Address,
  options: DhcpOptions,
  obtainedAt: number,
): DhcpLease | LeaseFault {
  const { serverIdentifier: server, leaseTime, subnetMask } = options;
  if (server === undefined || !isHost(server)) return "no-server";
  if (!isHost(yiaddr)) return "bad-address";
  if (leaseTime === undefined || leaseTime < LEAST_LEASE) return "bad-lease-time";
  const prefixLength =
    subnetMask === undefined ? classfulPrefixLength(yiaddr) : prefixLengthOfMask(subnetMask);
  if (prefixLength === undefined || prefixLength === 0) return "bad-subnet-mask";
  if (isSubnetEnd(yiaddr, prefixLength)) return "bad-address";
  const times = readTimes(leaseTime, options);
  return new DhcpLease(yiaddr, prefixLength, server, times, obtainedAt, packDhcpOptions(options));
}

function readTimes(leaseSeconds: number, { renewalTime, rebindingTime }: DhcpOptions): LeaseTimes {
  if (leaseSeconds === DHCP_INFINITE_TIME) {
    return { leaseSeconds: Infinity, renewSeconds: Infinity, rebindSeconds: Infinity };
  }
  const rebindSeconds = rebindingTime ?? leaseSeconds * DEFAULT_REBINDING;
  const renewSeconds = renewalTime ?? Math.min(leaseSeconds * DEFAULT_RENEWAL, rebindSeconds);
  // T1 before T2 before the end (RFC 2131 §4.4.5); a server that sends anything else is not trusted with either.
  if (renewSeconds >= LEAST_RENEWAL && renewSeconds <= rebindSeconds && rebindSeconds < leaseSeconds) {
    return { leaseSeconds, renewSeconds, rebindSeconds };
  }
  return {
    leaseSeconds,
    renewSeconds: leaseSeconds * DEFAULT_RENEWAL,
    rebindSeconds: leaseSeconds * DEFAULT_REBINDING,
  };
}

/** Whether one host can have `address`: not 0.0.0.0/8, loopback, multicast, reserved or broadcast (RFC 1122 §3.2.1.3). */
export function isHost(address: Ipv4Address): boolean {
  const first = address.value >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

/** The subnet's own address and its broadcast address; /31 and /32 have neither (RFC 3021). */
function isSubnetEnd(address: Ipv4Address, prefixLength: number): boolean {
  if (prefixLength > 30) return false;
  const hostMask = 0xffffffff >>> prefixLength;
  const host = (address.value & hostMask) >>> 0;
  return host === 0 || host === hostMask;
}

/** The mask that an address implies where the server sends none (RFC 950 §2.1). */
function classfulPrefixLength(address: Ipv4Address): number {
  const first = address.value >>> 24;
  if (first < 128) return 8;
  return first < 192 ? 16 : 24;
}
