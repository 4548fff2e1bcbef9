import type { Ipv4Address, MacAddress } from "../../address/index.js";

/**
 * - offered: kept for a client that may take it
 * - bound: leased
 * - free: the lease is over, and the address still its client's until somebody else needs it
 * - declined: in quarantine, since a client or a check found it in use
 */
export type ServerLeaseState = "offered" | "bound" | "free" | "declined";

/** An address and who has it. */
export interface ServerLease {
  readonly address: Ipv4Address;
  /** Who has it, last had it, or declined it; all zeros where a check found it in use. */
  readonly mac: MacAddress;
  /** Option 61, if the client sent one. */
  readonly clientIdentifier?: Uint8Array;
  /** The name that the client gave itself. */
  readonly hostName?: string;
  readonly state: ServerLeaseState;
  /** Monotonic ms at which the state ends, Infinity is never; of a free one, since when it is. */
  readonly expiresAt: number;
  /** Whether the address is kept for one client. */
  readonly reserved: boolean;
}
