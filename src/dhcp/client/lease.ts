import { type Ipv4Address, prefixLengthOfMask } from "../../address/index.js";
import type { Ipv4Configuration } from "../../host/index.js";
import { DHCP_INFINITE_TIME, type DhcpMessage, type DhcpOptions } from "../../wire/index.js";

/** T1 and T2 as parts of the lease, where the server sets none (RFC 2131 §4.4.5). */
export const DEFAULT_RENEWAL = 0.5;
export const DEFAULT_REBINDING = 0.875;
/** Name servers kept: resolvers try no more than three, and a server may send hundreds. */
export const MAX_DNS_SERVERS = 4;

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
   * @param options all that came with it
   */
  constructor(
    readonly address: Ipv4Address,
    readonly prefixLength: number,
    readonly server: Ipv4Address,
    times: LeaseTimes,
    readonly obtainedAt: number,
    readonly options: DhcpOptions,
  ) {
    this.leaseSeconds = times.leaseSeconds;
    this.renewSeconds = times.renewSeconds;
    this.rebindSeconds = times.rebindSeconds;
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
    return {
      address,
      prefixLength,
      gateway: options.routers?.find(isHost),
      dns: (options.dnsServers ?? []).filter(isHost).slice(0, MAX_DNS_SERVERS),
    };
  }
}

/** Why an OFFER or ACK holds no lease. */
export type LeaseFault = "no-server" | "bad-address" | "bad-lease-time" | "bad-subnet-mask";

/**
 * The lease that an OFFER or ACK holds.
 * @param obtainedAt monotonic ms
 */
export function readLease({ yiaddr, options }: DhcpMessage, obtainedAt: number): DhcpLease | LeaseFault {
  const { serverIdentifier: server, leaseTime, subnetMask } = options;
  if (server === undefined || !isHost(server)) return "no-server";
  if (!isHost(yiaddr)) return "bad-address";
  if (leaseTime === undefined || leaseTime === 0) return "bad-lease-time";
  const prefixLength =
    subnetMask === undefined ? classfulPrefixLength(yiaddr) : prefixLengthOfMask(subnetMask);
  if (prefixLength === undefined || prefixLength === 0) return "bad-subnet-mask";
  if (isSubnetEnd(yiaddr, prefixLength)) return "bad-address";
  return new DhcpLease(yiaddr, prefixLength, server, readTimes(leaseTime, options), obtainedAt, options);
}

function readTimes(leaseSeconds: number, { renewalTime, rebindingTime }: DhcpOptions): LeaseTimes {
  if (leaseSeconds === DHCP_INFINITE_TIME) {
    return { leaseSeconds: Infinity, renewSeconds: Infinity, rebindSeconds: Infinity };
  }
  const rebindSeconds = rebindingTime ?? leaseSeconds * DEFAULT_REBINDING;
  const renewSeconds = renewalTime ?? Math.min(leaseSeconds * DEFAULT_RENEWAL, rebindSeconds);
  // T1 before T2 before the end (RFC 2131 §4.4.5); a server that sends anything else is not trusted with either.
  if (renewSeconds > 0 && renewSeconds <= rebindSeconds && rebindSeconds < leaseSeconds) {
    return { leaseSeconds, renewSeconds, rebindSeconds };
  }
  return {
    leaseSeconds,
    renewSeconds: leaseSeconds * DEFAULT_RENEWAL,
    rebindSeconds: leaseSeconds * DEFAULT_REBINDING,
  };
}

/** Whether one host can have `address`: not 0.0.0.0/8, loopback, multicast, reserved or broadcast (RFC 1122 §3.2.1.3). */
function isHost(address: Ipv4Address): boolean {
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
