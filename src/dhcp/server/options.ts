import type { Cidr, Ipv4Address, MacAddress } from "../../address/index.js";
import type { DhcpOptions } from "../../wire/index.js";

/** Addresses that follow each other, both ends included. */
export interface AddressRange {
  readonly first: Ipv4Address;
  readonly last: Ipv4Address;
}

/** What clients are told and for how long they are bound. Where several apply, the narrowest wins: host, pool, subnet. */
export interface DhcpSettings {
  /** Whole seconds, or Infinity. A client that asks for less gets less. */
  readonly leaseSeconds?: number;
  /** Sent to clients that ask for them, and to those that do not say what they want. */
  readonly options?: DhcpOptions;
}

/** Addresses to give out. The server's own, gateways, the subnet's ends and reserved ones are left out by themselves. */
export interface DhcpPool extends AddressRange, DhcpSettings {
  /** Addresses of the pool that belong to somebody else. */
  readonly excluded?: readonly AddressRange[];
}

interface SubnetSettings extends DhcpSettings {
  /** Option 3. */
  readonly gateway?: Ipv4Address;
  /** Option 6. At most 8. */
  readonly dns?: readonly Ipv4Address[];
}

export interface DhcpSubnet extends SubnetSettings {
  /** Any address of the subnet, and its prefix of 1 to 30 bits. */
  readonly network: Cidr;
  /** Those named first are used first. None: reserved addresses only. */
  readonly pools: readonly DhcpPool[];
}

/** One client's own address, whether it lies in a pool or not. */
export interface DhcpReservation extends DhcpSettings {
  /** The client's hardware address, whatever identifier it sends; this, the identifier or both. */
  readonly mac?: MacAddress;
  /** The client's option 61. It counts more than a MAC: several clients may share one. */
  readonly clientIdentifier?: Uint8Array;
  readonly address: Ipv4Address;
  /** Option 12: what the client is to call itself. */
  readonly hostName?: string;
}

/** One subnet with one pool, on the server's own link. */
export interface DhcpOneSubnet extends SubnetSettings {
  /** Bits of the subnet, 1 to 30. */
  readonly prefixLength: number;
  readonly pool: DhcpPool;
  readonly subnets?: undefined;
}

/** Any number of subnets: that of the server's own address, and those that relay agents serve. */
export interface DhcpSeveralSubnets {
  readonly subnets: readonly DhcpSubnet[];
}

export interface DhcpServerPolicy {
  /** The server's own address: its identifier. */
  readonly address: Ipv4Address;
  readonly reservations?: readonly DhcpReservation[];
  /** Whether to refuse addresses that make no sense here, of which another server might know better; true if absent. */
  readonly authoritative?: boolean;
  /** Whether a client that asks for it gets its lease with two messages instead of four (RFC 4039); false if absent. */
  readonly rapidCommit?: boolean;
  /**
   * Ms to wait for somebody to answer for an address before it is offered (RFC 2131 §2.2), where the link can ask;
   * false: offer at once. `DEFAULT_CHECK` if absent.
   */
  readonly check?: number | false;
  /** Ms for which a declined address, or one found in use, is given to nobody; `DEFAULT_QUARANTINE` if absent. */
  readonly quarantine?: number;
  /** Addresses at most, in a subnet, for one MAC with changing client identifiers; `DEFAULT_LEASES_PER_MAC` if absent. */
  readonly maxLeasesPerMac?: number;
  /** Addresses at most, in a subnet, that are remembered: the bound of the server's memory; `MAX_SERVER_LEASES` if absent. */
  readonly maxLeases?: number;
  /** A client that asks for a shorter lease gets this, in seconds; `DEFAULT_MIN_LEASE` if absent. */
  readonly minLeaseSeconds?: number;
}

/** What the state machine needs besides time. */
export type DhcpServerSettings = DhcpServerPolicy & (DhcpOneSubnet | DhcpSeveralSubnets);

/** Default length of a lease in seconds. */
export const DEFAULT_LEASE = 3_600;
/** Shorter leases are not given to clients that ask for one, in seconds: each renewal is work. */
export const DEFAULT_MIN_LEASE = 60;
/** How long an offered address is kept for the client, in ms: a flood of clients that never take theirs is forgotten
 * soon. One that comes later still gets the address if nobody else asked. */
export const OFFER_HOLD = 10_000;
/** In ms: an answer to ARP or ICMP takes milliseconds, and a client asks again after 3 s at the earliest. */
export const DEFAULT_CHECK = 500;
/** Ms for which a declined address is not given to anybody: its owner may be a visitor. */
export const DEFAULT_QUARANTINE = 600_000;
/** Firmware, boot loader, installer and system of one computer may each have an identifier of their own. */
export const DEFAULT_LEASES_PER_MAC = 4;
/** Addresses a subnet's table holds at most, whatever its pools: what 1,024 clients take is some 300 KB on a host. */
export const MAX_SERVER_LEASES = 1_024;
/** Name servers told: with them, replies fit into the 576 bytes that each client takes. */
export const MAX_SERVER_DNS = 8;
/** Subnets at most: each message looks through them. */
export const MAX_SUBNETS = 64;
