import { createHash } from "node:crypto";
import { formatStoryLine } from "../story.js";
import type { Lan } from "./lan.js";

/** Hexadecimal digits that are shown: two runs that differ have the same ones once in 2⁶⁴ times. */
const DIGITS = 16;

/**
 * Everything that is seen on a LAN, as one short text: two runs with the same one have sent the same bytes at the same times with the same fates,
 * and told the same story.
 */
export class Fingerprint {
  readonly #hash = createHash("sha256");
  readonly #time = new Float64Array(1);
  readonly #timeBytes = new Uint8Array(this.#time.buffer);

  /** It is of what happens from now on. */
  constructor(lan: Lan) {
    lan.observe(({ time, port, bytes, length, comment = "" }) => {
      this.#time[0] = time;
      this.#hash.update(this.#timeBytes).update(`${port}\n${length} ${comment}\n`);
      this.#hash.update(bytes.subarray(0, length));
    });
    lan.follow((line) => {
      this.#time[0] = line.time;
      this.#hash.update(this.#timeBytes).update(`${formatStoryLine(line)}\n`);
    });
  }

  /** What has happened so far. */
  toString(): string {
    return this.#hash.copy().digest("hex").slice(0, DIGITS);
  }
}
