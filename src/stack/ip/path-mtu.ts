/** How long a smaller MTU is believed before the full one is tried again, in ms (RFC 1191 §6.3). */
export const PATH_MTU_LIFETIME = 10 * 60_000;
/** Destinations remembered at most; the one learnt first gives way: few paths are narrower than the link they begin with. */
export const MAX_PATH_MTUS = 64;
/**
 * The smallest MTU that an ICMP error can set, as in Linux: who forges one shall not make a transfer crawl (RFC 5927 §7).
 * Paths that are narrower still are found by their silence, see tcp/mtu-search.ts.
 */
export const MIN_PATH_MTU = 552;

/** MTUs that are met (RFC 1191 §7): where a router only says that a packet was too large, the next one below it. */
const PLATEAUS: readonly number[] = Object.freeze([32_000, 17_914, 8166, 4352, 2002, 1492, 1006]);

/** The smallest MTU that there can be (RFC 791 §3.2): a router that names a smaller one has named none. */
const LEAST_MTU = 68;

interface LearntMtu {
  readonly mtu: number;
  readonly expiresAt: number;
}

/** What was learnt of paths that are narrower than the link they begin with (RFC 1191), by destination. */
export class PathMtus {
  readonly #learnt = new Map<number, LearntMtu>();

  /** @param now monotonic ms @returns undefined where nothing is known */
  find(destination32: number, now: number): LearntMtu | undefined {
    if (this.#learnt.size === 0) return undefined;
    const found = this.#learnt.get(destination32);
    if (found === undefined || now < found.expiresAt) return found;
    this.#learnt.delete(destination32);
    return undefined;
  }

  learn(destination32: number, mtu: number, now: number): void {
    this.#learnt.delete(destination32);
    if (this.#learnt.size >= MAX_PATH_MTUS) this.#learnt.delete(this.#learnt.keys().next().value!);
    this.#learnt.set(destination32, { mtu, expiresAt: now + PATH_MTU_LIFETIME });
  }
}

/**
 * The MTU that a "fragmentation needed" tells of.
 * @param length of the packet that was too large
 * @returns undefined if it makes no sense: the packet would have fitted
 */
export function toldMtu(nextHopMtu: number, length: number): number | undefined {
  if (nextHopMtu >= length) return undefined;
  const mtu =
    nextHopMtu >= LEAST_MTU ? nextHopMtu : (PLATEAUS.find((plateau) => plateau < length) ?? MIN_PATH_MTU);
  return Math.max(mtu, MIN_PATH_MTU);
}
