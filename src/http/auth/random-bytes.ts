import type { Random } from "../../host/index.js";

/** Random bytes, for keys and tokens; as hard to guess as what `random` gives. */
export function randomBytes(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let word = 0;
  for (let index = 0; index < length; index++) {
    word = index % 4 === 0 ? random.uint32() : word >>> 8;
    bytes[index] = word & 0xff;
  }
  return bytes;
}
