import type { Random } from "../../../src/host/index.js";

/** Random numbers from a seed, for a machine that has no source of its own: xoshiro128** 1.1 (Blackman and Vigna). */
export class SeededRandom implements Random {
  readonly #state = new Uint32Array(4);

  /** @param seed 16 bytes: the generator's first state. All zeros would stay zeros, so it counts as another seed. */
  constructor(seed: Uint8Array) {
    const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
    for (let word = 0; word < 4; word++) this.#state[word] = view.getUint32(4 * word);
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
  }

  uint32(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }
}

function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}
