import { NetworkError } from "../../error/index.js";
import { encodeUtf8, type Hashes } from "../../host/index.js";
import { decodeBase64Url, encodeBase64Url } from "../auth/base64.js";
import { constantTimeEqual } from "../auth/constant-time.js";

/** Bytes of a key at least: 128 bits can't be tried out. */
export const MIN_KEY = 16;

/** Signs what a cookie says, so that a client can't make one up or change it (HMAC-SHA-256). */
export class CookieSigner {
  readonly #hashes: Hashes;
  readonly #keys: readonly Uint8Array[];
  readonly #name: string;

  /**
   * @param keys the first signs, all are accepted: a new one is put in front, and the old one stays until its cookies are gone
   * @param name of the cookie: one cookie's value can't stand in another
   * @throws NetworkError EINVAL without a key, and for a short one
   */
  constructor(hashes: Hashes, keys: readonly Uint8Array[], name: string) {
    if (keys.length === 0 || keys.some((key) => key.length < MIN_KEY)) {
      throw new NetworkError("EINVAL", "sign cookies", name, `a key has ${MIN_KEY} bytes at least`);
    }
    this.#hashes = hashes;
    this.#keys = keys;
    this.#name = name;
  }

  /** @param text of characters that a cookie's value may have */
  sign(text: string): string {
    return `${text}.${encodeBase64Url(this.signature(text, this.#keys[0]!))}`;
  }

  /** What was signed; undefined if none of the keys has signed it. */
  verify(value: string): string | undefined {
    const dot = value.lastIndexOf(".");
    const text = value.slice(0, Math.max(dot, 0));
    const claimed = decodeBase64Url(value.slice(dot + 1));
    if (dot < 0 || claimed === undefined) return undefined;
    const isSigned = this.#keys.some((key) => constantTimeEqual(this.signature(text, key), claimed));
    return isSigned ? text : undefined;
  }

  private signature(text: string, key: Uint8Array): Uint8Array {
    return this.#hashes.hmac("SHA-256", key, encodeUtf8(`${this.#name}=${text}`));
  }
}
