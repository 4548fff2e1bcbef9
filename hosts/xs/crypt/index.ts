import { Digest } from "crypt";
import type { Hashes } from "wirelet/host/index";
import { DigestHashes } from "./digest-hashes.js";

/**
 * The hashes of Moddable's module `crypt`. An app that uses them includes "$(MODDABLE)/modules/crypt/digest/manifest.json"; the
 * firmware does not.
 */
export function createHashes(): Hashes {
  return new DigestHashes(Digest);
}
