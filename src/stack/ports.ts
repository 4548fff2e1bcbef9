import { NetworkError } from "../error/index.js";
import type { Random } from "../host/index.js";
import { HalfSipHash } from "./half-siphash.js";

/** The ports that are given to who asks for none: the dynamic ones (RFC 6335 §6), unless an option says otherwise. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const DYNAMIC_PORTS: PortRange = Object.freeze({ first: 49_152, last: 65_535 });

/** The most that one choice moves the next one on: the N of RFC 6056 §3.3.5, which recommends this value. */
const MAX_INCREMENT = 500;

/** @throws NetworkError EINVAL */
export function checkPortRange(range: PortRange): PortRange {
  const { first, last } = range;
  const isGood =
    Number.isInteger(first) && Number.isInteger(last) && first >= 1 && first <= last && last <= 65_535;
  if (isGood) return range;
  throw new NetworkError("EINVAL", "create stack", undefined, `${first} to ${last} is no range of ports`);
}

/**
 * Picks a port that is not in use: a random start, then the next free one (RFC 6056 §3.3.1).
 * @returns undefined if all are taken
 */
export function pickPort(
  random: Random,
  { first, last }: PortRange,
  isFree: (port: number) => boolean,
): number | undefined {
  return nextFree(first, last - first + 1, random.uint32(), isFree);
}

/**
 * Ports of connections that this host opens (RFC 6056 §3.3.3 and §3.3.5): for each remote endpoint they begin somewhere
 * else, where a keyed hash says, and go on by random steps. So nobody can guess one from another, and a port comes
 * again as late as can be.
 */
export class EphemeralPorts {
  readonly #hash: HalfSipHash;
  #next: number;

  constructor(
    private readonly random: Random,
    private readonly range: PortRange,
  ) {
    this.#hash = new HalfSipHash(random);
    this.#next = random.uint32();
  }

  /** @returns undefined if none is free */
  pick(
    local32: number,
    remote32: number,
    remotePort: number,
    isFree: (port: number) => boolean,
  ): number | undefined {
    const { first, last } = this.range;
    this.#next = (this.#next + 1 + (this.random.uint32() % MAX_INCREMENT)) >>> 0;
    const offset = this.#hash.hashWords(local32, remote32, remotePort) >>> 0;
    return nextFree(first, last - first + 1, offset + this.#next, isFree);
  }
}

function nextFree(
  first: number,
  count: number,
  start: number,
  isFree: (port: number) => boolean,
): number | undefined {
  for (let i = 0; i < count; i++) {
    const port = first + ((start + i) % count);
    if (isFree(port)) return port;
  }
  return undefined;
}
