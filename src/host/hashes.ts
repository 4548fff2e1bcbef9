/**
 * SHA-256 is what new things take. SHA-1 is there for WebSocket's handshake (RFC 6455 §4.2.2), MD5 for clients of HTTP's
 * Digest authentication that know nothing newer (RFC 7616 §3.2): for neither matters that both are broken as signatures,
 * but nothing else should use them.
 */
export type DigestAlgorithm = "MD5" | "SHA-1" | "SHA-256";

/**
 * What a host computes over bytes, all at once: for signed cookies and Digest authentication. They depend on nothing but
 * their arguments, so a simulation takes those of the machine that it runs on.
 */
export interface Hashes {
  /** 16, 20 or 32 bytes. */
  digest(algorithm: DigestAlgorithm, data: Uint8Array): Uint8Array;
  /** RFC 2104. */
  hmac(algorithm: "SHA-256", key: Uint8Array, data: Uint8Array): Uint8Array;
}
