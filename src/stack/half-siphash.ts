import type { Random } from "../host/index.js";

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/**
 * HalfSipHash-2-4 with a 32-bit result: SipHash (Aumasson and Bernstein, 2012) on 32-bit words, which is what a
 * microcontroller and JavaScript's bit operations have. Keyed, so that a remote host cannot predict it.
 */
export class HalfSipHash {
  readonly #key0: number;
  readonly #key1: number;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  constructor(random: Random) {
    this.#key0 = random.uint32() | 0;
    this.#key1 = random.uint32() | 0;
  }

  /** Hashes the first `length` bytes of `text`, a multiple of four. @returns a signed 32-bit integer */
  hash(text: Uint8Array, length: number): number {
    this.begin();
    for (let at = 0; at < length; at += 4) {
      this.absorb(text[at]! | (text[at + 1]! << 8) | (text[at + 2]! << 16) | (text[at + 3]! << 24));
    }
    return this.finish(length);
  }

  /** As `hash` of the twelve bytes that three 32-bit words are. */
  hashWords(first: number, second: number, third: number): number {
    this.begin();
    this.absorb(first);
    this.absorb(second);
    this.absorb(third);
    return this.finish(12);
  }

  private begin(): void {
    this.#v0 = this.#key0;
    this.#v1 = this.#key1;
    this.#v2 = 0x6c796765 ^ this.#key0;
    this.#v3 = 0x74656462 ^ this.#key1;
  }

  private finish(length: number): number {
    this.absorb(length << 24);
    this.#v2 ^= 0xff;
    for (let i = 0; i < 4; i++) this.round();
    return this.#v1 ^ this.#v3;
  }

  private absorb(word: number): void {
    this.#v3 ^= word;
    this.round();
    this.round();
    this.#v0 ^= word;
  }

  private round(): void {
    this.#v0 = (this.#v0 + this.#v1) | 0;
    this.#v1 = rotate(this.#v1, 5) ^ this.#v0;
    this.#v0 = rotate(this.#v0, 16);
    this.#v2 = (this.#v2 + this.#v3) | 0;
    this.#v3 = rotate(this.#v3, 8) ^ this.#v2;
    this.#v0 = (this.#v0 + this.#v3) | 0;
    this.#v3 = rotate(this.#v3, 7) ^ this.#v0;
    this.#v2 = (this.#v2 + this.#v1) | 0;
    this.#v1 = rotate(this.#v1, 13) ^ this.#v2;
    this.#v2 = rotate(this.#v2, 16);
  }
}
