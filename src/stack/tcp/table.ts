import type { Connection } from "./connection.js";

/** Spreads the four-tuple over 32 bits; connections with the same hash are chained. */
function hash(localPort: number, remotePort: number, remote32: number): number {
  return Math.imul(remote32 ^ ((remotePort << 16) | localPort), 0x9e3779b1);
}

/** All connections by their four-tuple: finding one costs the same however many there are. */
export class ConnectionTable {
  readonly #buckets = new Map<number, Connection>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** A copy, so that the caller may remove what it finds. */
  all(): Connection[] {
    const found: Connection[] = [];
    for (const first of this.#buckets.values()) {
      for (let each: Connection | undefined = first; each !== undefined; each = each.nextInBucket)
        found.push(each);
    }
    return found;
  }

  /** The connection between two IPv4 addresses, given as `Ipv4Address.value`. */
  find(localPort: number, remotePort: number, local32: number, remote32: number): Connection | undefined {
    let each = this.#buckets.get(hash(localPort, remotePort, remote32));
    while (each !== undefined) {
      if (
        each.remotePort === remotePort &&
        each.localPort === localPort &&
        each.remote32 === remote32 &&
        each.local32 === local32
      ) {
        return each;
      }
      each = each.nextInBucket;
    }
    return undefined;
  }

  add(connection: Connection): void {
    const key = hash(connection.localPort, connection.remotePort, connection.remote32);
    connection.nextInBucket = this.#buckets.get(key);
    this.#buckets.set(key, connection);
    this.#size++;
  }

  /** @returns false if it was not there */
  remove(connection: Connection): boolean {
    const key = hash(connection.localPort, connection.remotePort, connection.remote32);
    let previous: Connection | undefined;
    let each = this.#buckets.get(key);
    while (each !== undefined && each !== connection) {
      previous = each;
      each = each.nextInBucket;
    }
    if (each === undefined) return false;
    if (previous !== undefined) previous.nextInBucket = connection.nextInBucket;
    else if (connection.nextInBucket !== undefined) this.#buckets.set(key, connection.nextInBucket);
    else this.#buckets.delete(key);
    connection.nextInBucket = undefined;
    this.#size--;
    return true;
  }
}
