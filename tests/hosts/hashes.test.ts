import { createHash, type Hash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nodeHashes } from "../../hosts/node/index.js";
import { DigestHashes } from "../../hosts/xs/crypt/digest-hashes.js";
import type { DigestAlgorithm, Hashes } from "../../src/host/index.js";

/** Moddable's `Digest`: it knows its own names, reads nothing but ArrayBuffers whole, and is closed once. */
class Digest {
  #hash: Hash | undefined;

  constructor(type: "MD5" | "SHA1" | "SHA256") {
    this.#hash = createHash(type.toLowerCase());
  }

  write(data: ArrayBuffer): void {
    if (this.#hash === undefined || !(data instanceof ArrayBuffer)) throw new Error("crypt: can't write");
    this.#hash.update(new Uint8Array(data));
  }

  close(): ArrayBuffer {
    const digest = new Uint8Array(this.#hash!.digest());
    this.#hash = undefined;
    return digest.buffer;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe.each<[string, Hashes]>([
  ["Node's", nodeHashes],
  ["Moddable's", new DigestHashes(Digest)],
])("%s hashes", (_, hashes) => {
  it.each<[DigestAlgorithm, string, string]>([
    // RFC 1321 §A.5, FIPS 180.
    ["MD5", "", "d41d8cd98f00b204e9800998ecf8427e"],
    ["MD5", "message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    ["SHA-1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["SHA-256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("%s of %j", (algorithm, text, expected) => {
    expect(hex(hashes.digest(algorithm, Buffer.from(text)))).toBe(expected);
  });

  it.each([
    // RFC 4231 §4.2, §4.3 and §4.7: a key, a short one, and one longer than a block.
    ["0b".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      "4a656665",
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("HMAC with the key %s", (key, text, expected) => {
    expect(hex(hashes.hmac("SHA-256", Buffer.from(key, "hex"), Buffer.from(text)))).toBe(expected);
  });
});

it("both are the same", () => {
  const moddable = new DigestHashes(Digest);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array(), fc.nat(9), (key, data, skip) => {
      const part = data.subarray(Math.min(skip, data.length));
      expect(hex(moddable.hmac("SHA-256", key, part))).toBe(hex(nodeHashes.hmac("SHA-256", key, part)));
      expect(hex(moddable.digest("MD5", part))).toBe(hex(nodeHashes.digest("MD5", part)));
    }),
  );
});
