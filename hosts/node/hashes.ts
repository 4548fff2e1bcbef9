import { createHash, createHmac } from "node:crypto";
import type { Hashes } from "../../src/host/index.js";

/** Node's own hashes, which are OpenSSL's. */
export const nodeHashes: Hashes = Object.freeze({
  digest: (algorithm: string, data: Uint8Array) => createHash(algorithm).update(data).digest(),
  hmac: (algorithm: string, key: Uint8Array, data: Uint8Array) =>
    createHmac(algorithm, key).update(data).digest(),
});
