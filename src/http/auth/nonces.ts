import type { Clock, Hashes, Random } from "../../host/index.js";
import { decodeBase64Url, encodeBase64Url } from "./base64.js";
import { constantTimeEqual } from "./constant-time.js";
import { randomBytes } from "./random-bytes.js";

/** How long a nonce may be used, in ms. Afterwards clients are given another one, without asking the user. */
export const NONCE_LIFETIME = 5 * 60_000;

/** Nonces in use that are remembered: what a device's clients have open at a time. */
export const MAX_NONCES = 32;

/** Request numbers below the highest one that may still come: requests on several connections overtake each other. */
const WINDOW = 32;

const KEY_BYTES = 32;
const TIME_BYTES = 6;
const RANDOM_BYTES = 6;
const PAYLOAD_BYTES = TIME_BYTES + RANDOM_BYTES;
/** Of a MAC's 32: with 96 bits nobody finds a nonce that was not given out. */
const MAC_BYTES = 12;

export interface NonceOptions {
  readonly hashes: Hashes;
  readonly random: Random;
  readonly clock: Clock;
  /** In ms; absent: `NONCE_LIFETIME`. */
  readonly nonceLifetime?: number;
  /** How many are remembered; absent: `MAX_NONCES`. */
  readonly maxNonces?: number;
}

interface Use {
  readonly issued: number;
  highest: number;
  /** Bit n: the request with the number `highest` − n was there. */
  seen: number;
}

/**
 * The nonces of Digest authentication. They say themselves when they were given out, signed, so that asking for many takes
 * no memory: only those are remembered that a user has shown a right password with, to see that no request is repeated.
 */
export class Nonces {
  readonly #hashes: Hashes;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #lifetime: number;
  readonly #limit: number;
  readonly #key: Uint8Array;
  readonly #uses = new Map<string, Use>();
  /** Nonces given out until then which are not remembered were forgotten: they might be used a second time. */
  #forgotten = -Infinity;

  constructor(options: NonceOptions) {
    const { hashes, random, clock, nonceLifetime = NONCE_LIFETIME, maxNonces = MAX_NONCES } = options;
    this.#hashes = hashes;
    this.#random = random;
    this.#clock = clock;
    this.#lifetime = nonceLifetime;
    this.#limit = maxNonces;
    this.#key = randomBytes(random, KEY_BYTES);
  }

  /** A new one, of characters that need no quotes. */
  issue(): string {
    const payload = randomBytes(this.#random, PAYLOAD_BYTES);
    let time = Math.floor(this.#clock.now());
    for (let index = TIME_BYTES - 1; index >= 0; index--) {
      payload[index] = time % 256;
      time = Math.floor(time / 256);
    }
    return encodeBase64Url(payload) + encodeBase64Url(this.mac(payload));
  }

  /**
   * Counts a request whose password was right.
   *
   * @param number of the request with this nonce, as the client counts
   * @returns false if the nonce is not of this server, too old or forgotten, or the number was there before
   */
  accept(nonce: string, number: number): boolean {
    const use = this.#uses.get(nonce) ?? this.begin(nonce);
    if (use === undefined || this.isOld(use.issued)) return false;
    const ahead = number - use.highest;
    if (ahead > 0) {
      use.seen = ahead < WINDOW ? (use.seen << ahead) | 1 : 1;
      use.highest = number;
      return true;
    }
    const bit = 1 << -ahead;
    if (-ahead >= WINDOW || (use.seen & bit) !== 0) return false;
    use.seen |= bit;
    return true;
  }

  private begin(nonce: string): Use | undefined {
    const issued = this.issueTime(nonce);
    if (issued === undefined || issued <= this.#forgotten || this.isOld(issued)) return undefined;
    const use = { issued, highest: 0, seen: 0 };
    this.#uses.set(nonce, use);
    for (const [other, { issued: time }] of this.#uses) {
      if (this.#uses.size <= this.#limit && !this.isOld(time)) break;
      this.#uses.delete(other);
      this.#forgotten = Math.max(this.#forgotten, time);
    }
    return use;
  }

  /** When it was given out; undefined if it was not. */
  private issueTime(nonce: string): number | undefined {
    const bytes = decodeBase64Url(nonce);
    if (bytes?.length !== PAYLOAD_BYTES + MAC_BYTES) return undefined;
    const payload = bytes.subarray(0, PAYLOAD_BYTES);
    if (!constantTimeEqual(this.mac(payload), bytes.subarray(PAYLOAD_BYTES))) return undefined;
    return payload.subarray(0, TIME_BYTES).reduce((time, byte) => 256 * time + byte, 0);
  }

  private isOld(issued: number): boolean {
    return this.#clock.now() >= issued + this.#lifetime;
  }

  private mac(payload: Uint8Array): Uint8Array {
    return this.#hashes.hmac("SHA-256", this.#key, payload).subarray(0, MAC_BYTES);
  }
}
