import type { Random } from "../src/host/index.js";

/** Rounds that spread a seed over the generator's state, as PractRand's sfc32 does for three seed words. */
const WARM_UP_ROUNDS = 15;

/**
 * A seeded generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period at least 2³². `fork` gives
 * each component a stream of its own, so that adding one does not change what the others draw.
 */
export class SimulatedRandom implements Random {
  readonly #key: readonly [number, number, number];
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  private constructor(key: readonly [number, number, number]) {
    this.#key = key;
    [this.#a, this.#b, this.#c] = key;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.uint32();
  }

  /** The root of a simulation's streams. */
  static fromSeed(seed: number): SimulatedRandom {
    return new SimulatedRandom([0, 1, 2].map((lane) => hash(lane, String(seed))) as [number, number, number]);
  }

  /**
   * A stream that depends on this one's seed and on `name` only, not on what was drawn or forked before. The same
   * name gives the same stream again.
   */
  fork(name: string): SimulatedRandom {
    const [a, b, c] = this.#key;
    return new SimulatedRandom([hash(a, name), hash(b, name), hash(c, name)]);
  }

  uint32(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Uniform, 0 included, 1 excluded. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A uniform integer, 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** True with this probability. It draws once whatever the probability, so that changing one moves no other draw. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }
}

/** FNV-1a from a chosen start, then MurmurHash3's finalizer, since FNV leaves its high bits weak. */
function hash(start: number, text: string): number {
  let value = start ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
