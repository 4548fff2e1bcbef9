/** What the sender of a message could make grow: bytes of its head, field lines, bytes of its body. */
export interface MessageLimits {
  readonly head: number;
  readonly fields: number;
  readonly body: number;
}

/** The same of a request. */
export interface RequestLimits extends MessageLimits {
  readonly requestLine: number;
}

/**
 * Everything that a client could make grow, in bytes, counts and milliseconds. What each is about stands at the
 * constant that is its default: see `DEVICE_LIMITS`.
 */
export interface HttpLimits extends RequestLimits {
  readonly connections: number;
  readonly headTime: number;
  readonly bodyTime: number;
  readonly idleTime: number;
  readonly crowdedIdleTime: number;
  readonly responseTime: number;
  readonly sendTime: number;
}

/** Bytes of a request line. RFC 9112 §3 recommends 8,000 at least for a general server; a device's paths are short. */
export const MAX_REQUEST_LINE = 2048;

/** Bytes of a whole head: ordinary browsers with a few cookies send 2 to 4 KiB, and 431 for those is a known complaint. */
export const MAX_HEAD = 8192;

/** Field lines of a head; browsers send about 15. */
export const MAX_FIELDS = 64;

/** Bytes of a request body: it is held in memory, and a device has about 70 KB in all. */
export const MAX_BODY = 8192;

/** Bytes of a chunk-size line with its extensions, which nobody uses (RFC 9112 §7.1.1). */
export const MAX_CHUNK_LINE = 256;

/** Bytes of a trailer section, which is checked and dropped. */
export const MAX_TRAILER = 1024;

/** Connections served at a time; lwIP on ESP32 has 8, and the app wants some. More wait in the listener. */
export const MAX_CONNECTIONS = 5;

/** From a connection's first byte of a request to the end of its head, in ms. */
export const HEAD_TIME_LIMIT = 10_000;

/** From the end of the head to the end of the body, in ms. */
export const BODY_TIME_LIMIT = 20_000;

/** How long a connection may stay without a request, in ms. */
export const IDLE_TIME_LIMIT = 15_000;

/** The same while others wait for a connection, in ms: long enough for a request that is under way. */
export const CROWDED_IDLE_TIME_LIMIT = 2_000;

/** How long a handler may take, in ms; then the client is told 503. */
export const RESPONSE_TIME_LIMIT = 30_000;

/** How long a client may take no byte of its response, in ms. */
export const SEND_TIME_LIMIT = 20_000;

/**
 * How long, in ms, and how many bytes are read and dropped after an answer to a request that was not read whole:
 * closing with data unread resets the connection, and the answer would be lost (RFC 9112 §9.6).
 */
export const LINGER_TIME_LIMIT = 1_000;
export const MAX_LINGER = 65_536;

/** The limits for a device. A host takes more by `{ ...DEVICE_LIMITS, connections: 1024 }`. */
export const DEVICE_LIMITS: HttpLimits = Object.freeze({
  requestLine: MAX_REQUEST_LINE,
  head: MAX_HEAD,
  fields: MAX_FIELDS,
  body: MAX_BODY,
  connections: MAX_CONNECTIONS,
  headTime: HEAD_TIME_LIMIT,
  bodyTime: BODY_TIME_LIMIT,
  idleTime: IDLE_TIME_LIMIT,
  crowdedIdleTime: CROWDED_IDLE_TIME_LIMIT,
  responseTime: RESPONSE_TIME_LIMIT,
  sendTime: SEND_TIME_LIMIT,
});
