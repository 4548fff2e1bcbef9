import type { Random } from "../../host/index.js";
import type { IcmpError } from "../icmp/icmp.js";
import type { Packet } from "../ip/packet.js";
import { HalfSipHash } from "../half-siphash.js";
import type { Segment } from "./segment.js";
import type { TcpState } from "./state.js";

/** Whatever a four-tuple stands for: a connection, one that is being opened to a listener, or what is left of one. */
export interface Endpoint {
  readonly localPort: number;
  readonly remotePort: number;
  /** As `Ipv4Address.value`. */
  readonly local32: number;
  readonly remote32: number;
  readonly state: TcpState;
  /** The next with the same hash; only the table writes it. */
  nextInBucket: Endpoint | undefined;
  receive(segment: Segment, packet: Packet): void;
  receiveError(error: IcmpError): void;
}

/** Buckets of an empty table; a power of two. */
const MIN_BUCKETS = 16;

/**
 * All endpoints by their four-tuple, in a hash table that grows and shrinks with them, so that finding one costs the
 * same however many there are. The hash is keyed: nobody outside can choose ports that all fall into one bucket.
 */
export class EndpointTable {
  /** Made with the first endpoint. */
  #hash: HalfSipHash | undefined;
  #buckets = emptyBuckets(MIN_BUCKETS);
  /** Segments come in trains: the one found last is the likeliest to be looked for. */
  #last: Endpoint | undefined;
  #size = 0;

  constructor(private readonly random: Random) {}

  get size(): number {
    return this.#size;
  }

  /** A copy, so that the caller may remove what it finds. */
  all(): Endpoint[] {
    const found: Endpoint[] = [];
    for (const first of this.#buckets) {
      for (let each = first; each !== undefined; each = each.nextInBucket) found.push(each);
    }
    return found;
  }

  /** The endpoint between two IPv4 addresses, given as `Ipv4Address.value`. */
  find(localPort: number, remotePort: number, local32: number, remote32: number): Endpoint | undefined {
    if (this.#size === 0) return undefined;
    const last = this.#last;
    if (last !== undefined && isBetween(last, localPort, remotePort, local32, remote32)) return last;
    let each = this.#buckets[this.bucket(localPort, remotePort, local32, remote32)];
    while (each !== undefined && !isBetween(each, localPort, remotePort, local32, remote32)) {
      each = each.nextInBucket;
    }
    if (each !== undefined) this.#last = each;
    return each;
  }

  add(endpoint: Endpoint): void {
    if (this.#size === this.#buckets.length) this.resize(2 * this.#size);
    this.link(endpoint);
    this.#size++;
  }

  /** @returns false if it was not there */
  remove(endpoint: Endpoint): boolean {
    if (this.#size === 0) return false;
    const bucket = this.bucketOf(endpoint);
    let previous: Endpoint | undefined;
    let each = this.#buckets[bucket];
    while (each !== undefined && each !== endpoint) {
      previous = each;
      each = each.nextInBucket;
    }
    if (each === undefined) return false;
    if (previous === undefined) this.#buckets[bucket] = endpoint.nextInBucket;
    else previous.nextInBucket = endpoint.nextInBucket;
    endpoint.nextInBucket = undefined;
    if (this.#last === endpoint) this.#last = undefined;
    this.#size--;
    if (this.#buckets.length > MIN_BUCKETS && this.#size < this.#buckets.length >> 3) {
      this.resize(this.#buckets.length >> 1);
    }
    return true;
  }

  private link(endpoint: Endpoint): void {
    const bucket = this.bucketOf(endpoint);
    endpoint.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = endpoint;
  }

  private resize(count: number): void {
    const endpoints = this.all();
    this.#buckets = emptyBuckets(count);
    for (const endpoint of endpoints) this.link(endpoint);
  }

  private bucketOf({ localPort, remotePort, local32, remote32 }: Endpoint): number {
    return this.bucket(localPort, remotePort, local32, remote32);
  }

  private bucket(localPort: number, remotePort: number, local32: number, remote32: number): number {
    const ports = (remotePort << 16) | localPort;
    this.#hash ??= new HalfSipHash(this.random);
    return this.#hash.hashWords(local32, remote32, ports) & (this.#buckets.length - 1);
  }
}

function isBetween(
  endpoint: Endpoint,
  localPort: number,
  remotePort: number,
  local32: number,
  remote32: number,
): boolean {
  return (
    endpoint.remotePort === remotePort &&
    endpoint.localPort === localPort &&
    endpoint.remote32 === remote32 &&
    endpoint.local32 === local32
  );
}

function emptyBuckets(count: number): (Endpoint | undefined)[] {
  return new Array<Endpoint | undefined>(count).fill(undefined);
}
