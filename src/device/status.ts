import { maskOfPrefixLength } from "../address/index.js";
import type { DhcpClient } from "../dhcp/index.js";
import type { Clock, MemoryReport, MemoryReporter, NetworkInterface } from "../host/index.js";

/** What a device says of itself, at /api/status as JSON; null where it does not know. */
export interface DeviceStatus {
  readonly mac: string;
  readonly ip: string | null;
  readonly mask: string | null;
  readonly prefixLength: number | null;
  readonly gateway: string | null;
  readonly dns: readonly string[];
  readonly hostname: string;
  readonly platform: string;
  readonly uptimeSeconds: number;
  /** Bytes. */
  readonly memory: MemoryReport;
  readonly dhcp: DhcpStatus;
}

export interface DhcpStatus {
  /** The client's state; null where the platform gets the address. */
  readonly state: string | null;
  readonly server: string | null;
  /** Null also for a lease that never ends. */
  readonly leaseSeconds: number | null;
  readonly leaseSecondsLeft: number | null;
}

/** Where a status comes from. */
export interface StatusSources {
  readonly network: NetworkInterface;
  readonly dhcp: DhcpClient | undefined;
  readonly clock: Clock;
  readonly memory: MemoryReporter;
  readonly hostName: string;
  readonly platform: string;
  /** Monotonic ms of the device's start. */
  readonly startedAt: number;
}

/** Reads the status at this moment. All of it is made anew: on XS, JSON.stringify refuses what was preloaded. */
export function readStatus(sources: StatusSources): DeviceStatus {
  const { network, dhcp, clock, hostName, platform, startedAt } = sources;
  const { mac, ipv4 } = network;
  const now = clock.now();
  const { used, total } = sources.memory();
  return {
    mac: mac.toString(),
    ip: ipv4?.address.toString() ?? null,
    mask: ipv4 === undefined ? null : maskOfPrefixLength(ipv4.prefixLength).toString(),
    prefixLength: ipv4?.prefixLength ?? null,
    gateway: ipv4?.gateway?.toString() ?? null,
    dns: (ipv4?.dns ?? []).map((address) => address.toString()),
    hostname: hostName,
    platform,
    uptimeSeconds: Math.floor((now - startedAt) / 1000),
    memory: total === undefined ? { used } : { used, total },
    dhcp: readDhcpStatus(dhcp, now),
  };
}

function readDhcpStatus(dhcp: DhcpClient | undefined, now: number): DhcpStatus {
  const lease = dhcp?.lease;
  const seconds = lease?.leaseSeconds ?? Infinity;
  const finite = lease !== undefined && seconds < Infinity;
  return {
    state: dhcp?.state ?? null,
    server: lease?.server.toString() ?? null,
    leaseSeconds: finite ? seconds : null,
    leaseSecondsLeft: finite ? Math.max(0, Math.ceil(seconds - (now - lease.obtainedAt) / 1000)) : null,
  };
}
