import type { ServerLease, ServerLeaseState } from "./lease.js";
import type { StoredLease } from "./lease-store.js";

/** A lease as plain values, for tables and JSON. */
export interface LeaseRow {
  readonly address: string;
  readonly mac: string;
  /** Hexadecimal octets, `01:00:1a:2b:3c:4d:5e`; null if the client sent none. */
  readonly clientId: string | null;
  readonly hostName: string | null;
  readonly state: ServerLeaseState;
  /** Seconds until the state ends, 0 if it has; null: never. */
  readonly expiresIn: number | null;
  /** Null where it is not known: a store holds no reservations. */
  readonly reserved: boolean | null;
}

/** Who can say what is leased and what time it is: a `DhcpServer`. */
export interface LeaseHolder {
  readonly leases: readonly ServerLease[];
  /** Monotonic ms, on the leases' clock. */
  readonly now: number;
}

/** A server's table, by address. */
export function leaseRows({ leases, now }: LeaseHolder): LeaseRow[] {
  return [...leases]
    .sort((a, b) => a.address.value - b.address.value)
    .map((lease) => rowOf(lease, lease.expiresAt - now, lease.reserved));
}

/**
 * A store's table, by address.
 * @param now ms since 1970
 */
export function storedLeaseRows(leases: Iterable<StoredLease>, now: number): LeaseRow[] {
  return [...leases]
    .sort((a, b) => a.address.value - b.address.value)
    .map((lease) => {
      const left = lease.expiresAt === undefined ? lease.duration : lease.expiresAt - now;
      return rowOf(left <= 0 ? { ...lease, state: "free" } : lease, left, null);
    });
}

function rowOf(
  { address, mac, clientIdentifier, hostName, state }: ServerLease | StoredLease,
  left: number,
  reserved: boolean | null,
): LeaseRow {
  return {
    address: address.toString(),
    mac: mac.toString(),
    clientId: clientIdentifier === undefined ? null : hex(clientIdentifier),
    hostName: hostName ?? null,
    state,
    expiresIn: left === Infinity ? null : state === "free" ? 0 : Math.max(0, Math.ceil(left / 1_000)),
    reserved,
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
