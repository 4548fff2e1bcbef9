import { Ipv4Address } from "../../address/index.js";
import type { ServerLease } from "./lease.js";
import { MAX_SERVER_LEASES } from "./options.js";

/** The key of an address that belongs to no client. */
export const NOBODY = "";

/** A lease with the key of its client (see `clientKey`), or `NOBODY`. */
export interface KeyedLease extends ServerLease {
  readonly key: string;
}

/** Addresses of a pool and who has them: found by client and by address, never more than its limit. */
export class LeaseTable {
  readonly #first: number;
  readonly #last: number;
  readonly #excluded: readonly number[];
  readonly #limit: number;
  readonly #byKey = new Map<string, KeyedLease>();
  readonly #byAddress = new Map<number, KeyedLease>();
  /** Addresses below this were given before. */
  #next: number;

  /** @param excluded addresses of the pool that must not be given */
  constructor(
    first: Ipv4Address,
    last: Ipv4Address,
    excluded: readonly Ipv4Address[],
    limit = MAX_SERVER_LEASES,
  ) {
    this.#first = first.value;
    this.#last = last.value;
    this.#excluded = excluded.map((address) => address.value);
    this.#limit = limit;
    this.#next = this.#first;
  }

  /** In the order in which the addresses were first given. */
  get leases(): KeyedLease[] {
    return [...this.#byAddress.values()];
  }

  /** The lease of the client, unless somebody else has its address now. */
  ofClient(key: string): KeyedLease | undefined {
    return this.#byKey.get(key);
  }

  /**
   * The address for a client: the one it has or had, else the one it wants, else the lowest that nobody had, else
   * the one that has been free for longest.
   * @returns undefined if there is none
   */
  choose(key: string, wanted: Ipv4Address | undefined): Ipv4Address | undefined {
    const own = this.#byKey.get(key);
    if (own !== undefined) return own.address;
    if (wanted !== undefined && this.isAvailable(wanted)) return wanted;
    return this.#unused() ?? this.#longestFree();
  }

  /** Whether `address` can be given: it is in the pool and nobody has it. */
  isAvailable(address: Ipv4Address): boolean {
    if (!this.#inPool(address.value)) return false;
    const lease = this.#byAddress.get(address.value);
    return lease === undefined ? this.#byAddress.size < this.#limit : lease.state === "free";
  }

  /** Writes down who has an address, in place of who had it. A client that has one must not be given another. */
  set(lease: KeyedLease): void {
    const { address, key } = lease;
    const former = this.#byAddress.get(address.value);
    if (former !== undefined) this.#byKey.delete(former.key);
    this.#byAddress.set(address.value, lease);
    if (key !== NOBODY) this.#byKey.set(key, lease);
  }

  /** Leases whose state ended by `now`, in the order in which the addresses were first given. */
  due(now: number): KeyedLease[] {
    return this.leases.filter((lease) => lease.state !== "free" && lease.expiresAt <= now);
  }

  /** Monotonic ms at which the next state ends; Infinity if none does. */
  get nextExpiry(): number {
    let next = Infinity;
    for (const lease of this.#byAddress.values()) {
      if (lease.state !== "free" && lease.expiresAt < next) next = lease.expiresAt;
    }
    return next;
  }

  #inPool(address: number): boolean {
    return address >= this.#first && address <= this.#last && !this.#excluded.includes(address);
  }

  #unused(): Ipv4Address | undefined {
    if (this.#byAddress.size >= this.#limit) return undefined;
    for (; this.#next <= this.#last; this.#next++) {
      if (!this.#inPool(this.#next) || this.#byAddress.has(this.#next)) continue;
      return Ipv4Address.fromValue(this.#next);
    }
    return undefined;
  }

  #longestFree(): Ipv4Address | undefined {
    let longest: KeyedLease | undefined;
    for (const lease of this.#byAddress.values()) {
      if (lease.state === "free" && lease.expiresAt < (longest?.expiresAt ?? Infinity)) longest = lease;
    }
    return longest?.address;
  }
}
