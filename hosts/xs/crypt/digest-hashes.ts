import type { DigestAlgorithm, Hashes } from "wirelet/host/index";

type NativeAlgorithm = "MD5" | "SHA1" | "SHA256";

/** Moddable's class `Digest`, as far as it is used here. */
export type NativeDigest = new (type: NativeAlgorithm) => {
  write(data: ArrayBuffer): void;
  close(): ArrayBuffer;
};

const NAMES: Readonly<Record<DigestAlgorithm, NativeAlgorithm>> = Object.freeze({
  MD5: "MD5",
  "SHA-1": "SHA1",
  "SHA-256": "SHA256",
});

/** Bytes that SHA-256 takes at a time: HMAC's key is padded to as many (RFC 2104 §2). */
const BLOCK = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** Hashes in C. HMAC is put together from two digests: the SDK's is a module of its own, in JavaScript. */
export class DigestHashes implements Hashes {
  readonly #Digest: NativeDigest;

  constructor(Digest: NativeDigest) {
    this.#Digest = Digest;
  }

  digest(algorithm: DigestAlgorithm, data: Uint8Array): Uint8Array {
    return this.#digest(algorithm, [data]);
  }

  hmac(algorithm: "SHA-256", key: Uint8Array, data: Uint8Array): Uint8Array {
    const short = key.length > BLOCK ? this.digest(algorithm, key) : key;
    const inner = this.#digest(algorithm, [pad(short, INNER_PAD), data]);
    return this.#digest(algorithm, [pad(short, OUTER_PAD), inner]);
  }

  #digest(algorithm: DigestAlgorithm, pieces: readonly Uint8Array[]): Uint8Array {
    const digest = new this.#Digest(NAMES[algorithm]);
    for (const piece of pieces) digest.write(bufferOf(piece));
    return new Uint8Array(digest.close());
  }
}

function pad(key: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(BLOCK).fill(byte);
  for (let index = 0; index < key.length; index++) block[index]! ^= key[index]!;
  return block;
}

/** Just these bytes: `write` is documented to take an ArrayBuffer, and that whole. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return (isWhole ? bytes : new Uint8Array(bytes)).buffer as ArrayBuffer;
}
