import type { Ipv4Address, MacAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { ServerLease } from "./lease.js";

/** What outlives the server of a lease. */
export interface StoredLease {
  readonly address: Ipv4Address;
  readonly mac: MacAddress;
  /** Option 61, if the client sent one. */
  readonly clientIdentifier?: Uint8Array;
  readonly hostName?: string;
  /** As in `ServerLease`; what is only offered is not stored. A bound lease whose time is over is free. */
  readonly state: "bound" | "free" | "declined";
  /** How long the state lasted when it was recorded, in ms; Infinity is forever, and a free one's is 0. */
  readonly duration: number;
  /** When the state ends, in ms since 1970; Infinity is never, absent if the host did not know the time. */
  readonly expiresAt?: number;
}

/**
 * Where a server keeps its leases beyond its own life. An ACK leaves only after `record` returned, so what a client
 * was told is there afterwards. Whatever a call throws becomes an event of the server.
 */
export interface LeaseStore {
  /** Called once, when the server starts. The last one of an address counts. */
  load(): Iterable<StoredLease>;
  /** Writes a lease down in place of what is known of its address. */
  record(lease: StoredLease): void;
  /** Forgets an address. */
  remove(address: Ipv4Address): void;
}

/**
 * A lease as it is stored.
 * @param now monotonic ms, on the lease's clock
 * @param wallNow ms since 1970, if the host knows
 */
export function storedLease(lease: ServerLease, now: number, wallNow: number | undefined): StoredLease {
  const { address, mac, clientIdentifier, hostName, state } = lease;
  if (state === "offered") throw new NetworkError("EINVAL", "store lease", address.toString(), state);
  const left = lease.expiresAt - now;
  return {
    address,
    mac,
    clientIdentifier,
    hostName,
    state,
    duration: state === "free" ? 0 : left,
    expiresAt: wallNow === undefined ? undefined : wallNow + left,
  };
}

/** Monotonic ms at which a stored lease ends: not later than it would if it were recorded now, whatever clocks say. */
export function expiryOf(
  { duration, expiresAt }: StoredLease,
  now: number,
  wallNow: number | undefined,
): number {
  if (expiresAt === undefined || wallNow === undefined) return now + duration;
  return now + Math.min(duration, expiresAt - wallNow);
}
