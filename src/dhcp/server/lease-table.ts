import { DeadlineHeap, type HeapItem } from "../../host/index.js";
import type { ServerLease } from "./lease.js";

/** The key of an address that belongs to no client. */
export const NOBODY = "";

/** A lease in a table. */
export interface TableLease extends ServerLease, HeapItem {
  /** Who has or last had it (see `clientKey`), or `NOBODY`. */
  readonly key: string;
}

/** Who has which address of a subnet: found by client, by address, and by what ends first, without looking at all. */
export class LeaseTable {
  readonly #byAddress = new Map<number, TableLease>();
  readonly #byKey = new Map<string, TableLease>();
  /** How many addresses each MAC has: bound, offered, or put in quarantine by its DECLINE. */
  readonly #perMac = new Map<number, number>();
  /** Those that nobody has now, the one that is free for longest first. */
  readonly #free = new Set<TableLease>();
  readonly #ending = new DeadlineHeap<TableLease>();

  get size(): number {
    return this.#byAddress.size;
  }

  get leases(): Iterable<ServerLease> {
    return this.#byAddress.values();
  }

  at(address: number): TableLease | undefined {
    return this.#byAddress.get(address);
  }

  /** The lease of the client, unless somebody else has its address now. */
  ofClient(key: string): TableLease | undefined {
    return this.#byKey.get(key);
  }

  /** Addresses that a MAC keeps from others. */
  countOf(mac: number): number {
    return this.#perMac.get(mac) ?? 0;
  }

  /** The lease whose state ends first, unless none does. */
  get nextToEnd(): TableLease | undefined {
    return this.#ending.first;
  }

  get longestFree(): TableLease | undefined {
    for (const lease of this.#free) return lease;
    return undefined;
  }

  /**
   * Writes down who has an address, in place of who had it. Another address that the client had is not its own any
   * more, and comes to its end by itself.
   */
  set(lease: ServerLease, key: string): void {
    const former = this.#byAddress.get(lease.address.value);
    if (former !== undefined) this.remove(former);
    const entry: TableLease = { ...lease, key, deadline: Infinity, order: 0, index: -1 };
    this.#byAddress.set(lease.address.value, entry);
    if (key !== NOBODY) this.#byKey.set(key, entry);
    if (lease.state === "free") {
      this.#free.add(entry);
      return;
    }
    this.#perMac.set(lease.mac.value, this.countOf(lease.mac.value) + 1);
    if (lease.expiresAt !== Infinity) this.#ending.set(entry, lease.expiresAt);
  }

  remove(lease: TableLease): void {
    const { address, key, mac, state } = lease;
    this.#byAddress.delete(address.value);
    if (this.#byKey.get(key) === lease) this.#byKey.delete(key);
    this.#free.delete(lease);
    this.#ending.remove(lease);
    if (state === "free") return;
    const count = this.countOf(mac.value) - 1;
    if (count > 0) this.#perMac.set(mac.value, count);
    else this.#perMac.delete(mac.value);
  }
}
