import { Ipv4Address, type Cidr } from "../../address/index.js";
import type { DhcpRawOption } from "../../wire/index.js";
import { clientKey, hashOfKey, type ClientIdentity } from "./client-identity.js";
import type { ServerLease } from "./lease.js";
import { LeaseTable, type TableLease } from "./lease-table.js";
import type { Pool } from "./pool.js";
import type { Reservation, Reservations } from "./reservations.js";

/** What clients of a pool are told. */
export interface PoolSettings {
  readonly pool: Pool;
  readonly leaseSeconds?: number;
  readonly options: readonly DhcpRawOption[];
}

export interface SubnetSettings {
  readonly network: Cidr;
  readonly pools: readonly PoolSettings[];
  readonly reservations: Reservations;
  readonly leaseSeconds: number;
  readonly options: readonly DhcpRawOption[];
  readonly maxLeases: number;
}

/** A client in a subnet. */
export interface SubnetClient extends ClientIdentity {
  /** What its lease is found by: one for all who share a reservation, such as a boot loader and what it loads. */
  readonly key: string;
  readonly reservation?: Reservation;
}

/** The options and the time that apply to one client, the narrowest first. */
export interface ClientSettings {
  readonly leaseSeconds: number;
  readonly options: readonly (readonly DhcpRawOption[])[];
}

/** One subnet: which address a client gets there, and what else it is told. */
export class Subnet {
  readonly network: Cidr;
  readonly table = new LeaseTable();
  readonly #settings: SubnetSettings;

  constructor(settings: SubnetSettings) {
    this.network = settings.network;
    this.#settings = settings;
  }

  contains(address: Ipv4Address): boolean {
    return this.network.contains(address);
  }

  client(identity: ClientIdentity): SubnetClient {
    const reservation = this.#settings.reservations.of(identity);
    if (reservation === undefined) return { ...identity, key: clientKey(identity) };
    return { ...identity, key: reservation.address.toString(), reservation };
  }

  isReserved(address: Ipv4Address): boolean {
    return this.#settings.reservations.at(address) !== undefined;
  }

  /** Whether `address` belongs to anybody or somebody here. */
  givesOut(address: Ipv4Address): boolean {
    return this.isReserved(address) || this.poolOf(address) !== undefined;
  }

  /**
   * The address for a client (RFC 2131 §4.3.1): the one reserved for it, else the one it has or had, else the one it
   * wants, else one that nobody had, else the one that has been free for longest.
   */
  choose(client: SubnetClient, wanted: Ipv4Address | undefined): Ipv4Address | undefined {
    const { reservation, key } = client;
    if (reservation !== undefined && this.canGive(reservation.address, client)) return reservation.address;
    const own = this.table.ofClient(key);
    if (own !== undefined && this.canGive(own.address, client)) return own.address;
    if (wanted !== undefined && this.canGive(wanted, client)) return wanted;
    return this.unused(key) ?? this.table.longestFree?.address;
  }

  /** Whether the client may have `address`: it is its own, or of a pool, and nobody else has it. */
  canGive(address: Ipv4Address, { key, reservation }: SubnetClient): boolean {
    const reservedFor = this.#settings.reservations.at(address);
    if (reservedFor === undefined ? this.poolOf(address) === undefined : reservedFor !== reservation)
      return false;
    const lease = this.table.at(address.value);
    if (lease === undefined) return !this.isFull || this.table.longestFree !== undefined;
    return lease.state === "free" || lease.key === key;
  }

  /** Writes a lease down; where the table is full, the address that is free for longest is forgotten for it. */
  set(lease: ServerLease, key: string): void {
    const { table } = this;
    if (this.isFull && table.at(lease.address.value) === undefined && table.longestFree !== undefined)
      this.forget(table.longestFree);
    table.set(lease, key);
  }

  /** From now on nobody has or had the address. */
  forget(lease: TableLease): void {
    this.table.remove(lease);
    this.poolOf(lease.address)?.pool.giveBack(lease.address);
  }

  /** What a client at `address` is told. */
  settingsFor(address: Ipv4Address, { reservation }: SubnetClient): ClientSettings {
    const { leaseSeconds, options } = this.#settings;
    // A reserved address, too, may lie among a pool's.
    const pool = this.#settings.pools.find((each) => each.pool.spans(address.value));
    const host = reservation?.address.equals(address) ? reservation : undefined;
    return {
      leaseSeconds: host?.leaseSeconds ?? pool?.leaseSeconds ?? leaseSeconds,
      options: [host?.options ?? [], pool?.options ?? [], options],
    };
  }

  private get isFull(): boolean {
    return this.table.size >= this.#settings.maxLeases;
  }

  private poolOf({ value }: Ipv4Address): PoolSettings | undefined {
    return this.#settings.pools.find(({ pool }) => pool.has(value));
  }

  private unused(key: string): Ipv4Address | undefined {
    if (this.isFull) return undefined;
    const hash = hashOfKey(key);
    for (const { pool } of this.#settings.pools) {
      const address = pool.pick(hash, (value) => this.table.at(value) !== undefined);
      if (address !== undefined) return Ipv4Address.fromValue(address);
    }
    return undefined;
  }
}
