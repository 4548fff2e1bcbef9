import type { DhcpClient } from "../dhcp/index.js";
import type { Clock, Ipv4Configuration, MemoryReport, MemoryReporter } from "../host/index.js";
import { readDhcpStatus, type DhcpChange, type DhcpStatus, type ShownLease } from "./dhcp-status.js";
import type { NetworkStatus, ShownNetwork } from "./shown-network.js";

/** What a device says of itself, at /api/status as JSON; null where it does not know. */
export interface DeviceStatus extends NetworkStatus {
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
  readonly configuration: Ipv4Configuration | undefined;
  readonly shownNetwork: ShownNetwork;
  readonly dhcp: DhcpClient | undefined;
  /** What the client told of last. */
  readonly dhcpChange: DhcpChange | undefined;
  readonly shownLease: ShownLease;
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
  const { dhcp, dhcpChange, shownLease, clock, hostName, platform, startedAt } = sources;
  const { mac, ip, mask, prefixLength, gateway, dns } = sources.shownNetwork.of(sources.configuration);
  const now = clock.now();
  const { used, total } = sources.memory();
  return {
    mac,
    ip,
    mask,
    prefixLength,
    gateway,
    dns,
    hostname: hostName,
    platform,
    uptimeSeconds: Math.floor((now - startedAt) / 1000),
    lastError: sources.lastError ?? null,
    requestsServed: sources.requestsServed,
    memory: total === undefined ? { used } : { used, total },
    dhcp: readDhcpStatus(dhcp, dhcpChange, shownLease, now, sources.isStatic),
  };
}
