/** Text or bytes in PEM's format (RFC 7468). */
export type Pem = string | Uint8Array;

/** How long a handshake may take from the TCP's connection on, in ms: some round trips, and a device's arithmetic of seconds. */
export const HANDSHAKE_TIME_LIMIT = 30_000;

/**
 * Handshakes that a listener has under way at most; what comes meanwhile waits in the listener below. Each takes some
 * 100 KiB until it is done, and a client who is silent keeps one for the time limit.
 */
export const MAX_HANDSHAKES = 64;

/** Older ones are deprecated (RFC 8996). */
export const LEAST_VERSION = "TLSv1.2";
