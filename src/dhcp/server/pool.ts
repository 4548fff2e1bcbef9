import type { Ipv4Address } from "../../address/index.js";
import type { AddressRange } from "./options.js";

/** Places to try for a client before the pool is searched: enough to find one in a pool that is four fifths full. */
const HASHED_PLACES = 16;
/** 2³² divided by the golden ratio: steps of it are spread evenly. */
const GOLDEN_STEP = 0x9e3779b9;

/** The addresses of a pool, and which of them to give to somebody new. */
export class Pool {
  readonly first: number;
  readonly last: number;
  readonly #excluded: readonly AddressRange[];
  /** Addresses below this were taken before; who gave one back put it into `#returned`. */
  #next: number;
  readonly #returned = new Set<number>();

  /** @param excluded addresses that must not be given; they may lie outside the pool */
  constructor({ first, last }: AddressRange, excluded: readonly AddressRange[]) {
    this.first = first.value;
    this.last = last.value;
    this.#excluded = excluded;
    this.#next = this.first;
  }

  /** Whether `address` lies between the pool's ends. */
  spans(address: number): boolean {
    return address >= this.first && address <= this.last;
  }

  /** Whether `address` may be given to a client. */
  has(address: number): boolean {
    return this.spans(address) && this.exclusionOf(address) === undefined;
  }

  /**
   * An address that `isTaken` says nobody has: the same for the same `hash`, as long as nobody has that, so that a
   * server that lost its leases is likely to give its clients what they had.
   */
  pick(hash: number, isTaken: (address: number) => boolean): number | undefined {
    const size = this.last - this.first + 1;
    for (let place = 0; place < HASHED_PLACES; place++) {
      const address = this.first + (mixed(hash + place * GOLDEN_STEP) % size);
      if (this.has(address) && !isTaken(address)) return address;
    }
    for (const address of this.#returned) {
      this.#returned.delete(address);
      if (!isTaken(address)) return address;
    }
    while (this.#next <= this.last) {
      const address = this.#next;
      const exclusion = this.exclusionOf(address);
      this.#next = exclusion === undefined ? address + 1 : exclusion.last.value + 1;
      if (exclusion === undefined && !isTaken(address)) return address;
    }
    return undefined;
  }

  /** Nobody has `address` any more. Addresses outside the pool are ignored. */
  giveBack({ value }: Ipv4Address): void {
    if (value < this.#next && this.has(value)) this.#returned.add(value);
  }

  private exclusionOf(address: number): AddressRange | undefined {
    return this.#excluded.find(({ first, last }) => address >= first.value && address <= last.value);
  }
}

/** Each bit of the result depends on each bit of `value` (the finalizer of MurmurHash3). */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
