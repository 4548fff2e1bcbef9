import { maskOfPrefixLength } from "../address/index.js";
import type { DhcpClient } from "../dhcp/index.js";
import type { Clock, MemoryReport, MemoryReporter, NetworkInterface } from "../host/index.js";
import { readDhcpStatus, type DhcpChange, type DhcpStatus, type ShownOptions } from "./dhcp-status.js";

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
  /** What ended the run before this one; null if nothing did, or nobody knows. */
  readonly lastError: string | null;
  /** Requests answered since the device was made, refusals included. */
  readonly requestsServed: number;
  /** Bytes. */
  readonly memory: MemoryReport;
  readonly dhcp: DhcpStatus;
}

/** Where a status comes from. */
export interface StatusSources {
  readonly network: NetworkInterface;
  readonly dhcp: DhcpClient | undefined;
  /** What the client told of last. */
  readonly dhcpChange: DhcpChange | undefined;
  readonly shownOptions: ShownOptions;
  readonly requestsServed: number;
  readonly clock: Clock;
  readonly memory: MemoryReporter;
  readonly hostName: string;
  readonly platform: string;
  readonly lastError: string | undefined;
  readonly isStatic: boolean;
  /** Monotonic ms of the device's start. */
  readonly startedAt: number;
}

/** Reads the status at this moment. Nothing of it was preloaded: on XS, JSON.stringify refuses that. */
export function readStatus(sources: StatusSources): DeviceStatus {
  const { network, dhcp, dhcpChange, shownOptions, clock, hostName, platform, startedAt } = sources;
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
    lastError: sources.lastError ?? null,
    requestsServed: sources.requestsServed,
    memory: total === undefined ? { used } : { used, total },
    dhcp: readDhcpStatus(dhcp, dhcpChange, shownOptions, now, sources.isStatic),
  };
}
