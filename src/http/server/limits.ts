import { MAX_BODY, MAX_FIELDS, MAX_HEAD, MAX_REQUEST_LINE, type RequestLimits } from "../message/limits.js";

/**
 * Everything that a client could make grow, in bytes, counts and milliseconds. What each is about stands at the
 * constant that is its default: see `DEVICE_LIMITS`.
 */
export interface HttpLimits extends RequestLimits {
  readonly connections: number;
  readonly requestsPerConnection: number;
  readonly headTime: number;
  readonly requestTime: number;
  readonly idleTime: number;
  readonly crowdedTime: number;
  readonly responseTime: number;
  readonly sendTime: number;
  readonly lingerTime: number;
  readonly lingerBytes: number;
  readonly highWaterMark: number;
}

/** Connections served at a time; lwIP on ESP32 has 8, and the app wants some. */
export const MAX_CONNECTIONS = 5;

/** Requests that a connection may bring before it is closed: nobody keeps one of the few places for ever. */
export const MAX_REQUESTS_PER_CONNECTION = 1000;

/** From a connection's first byte of a request to the end of its head, in ms; later it is answered 408. */
export const HEAD_TIME_LIMIT = 10_000;

/**
 * From the first byte of a request to its last, in ms; later it is answered 408. The time for which a handler holds a body
 * back is not the client's. It is enough for a megabyte over a poor Wi-Fi.
 */
export const REQUEST_TIME_LIMIT = 60_000;

/** How long a connection may stay without a request, in ms. */
export const IDLE_TIME_LIMIT = 15_000;

/**
 * What a silent connection gets while others wait, in ms: long enough for a request that is under way and for a segment that was
 * lost. Those that have waited for so long, and for a connection to linger, are told 503.
 */
export const CROWDED_TIME_LIMIT = 2_000;

/**
 * How long a handler may take until it answers, in ms; then the client is told 503. The same time it has to end an answer to
 * HEAD, and to read on in a body that it holds back behind its answer; then the connection is closed.
 */
export const RESPONSE_TIME_LIMIT = 30_000;

/** How long a client may take no byte of its response, in ms. */
export const SEND_TIME_LIMIT = 20_000;

/**
 * How long, in ms, and how many bytes are read and dropped behind an answer to a request that was not read whole:
 * closing with data unread resets the connection, and the answer would be lost (RFC 9112 §9.6).
 */
export const LINGER_TIME_LIMIT = 1_000;
export const MAX_LINGER = 65_536;

/**
 * Bytes of a response that may wait before `write` says false, and that `sendFrom` reads at a time: two segments, so that one
 * is on its way while the other is made.
 */
export const HIGH_WATER_MARK = 2872;

/** The limits for a device. A host takes more by `{ ...DEVICE_LIMITS, connections: 1024 }`. */
export const DEVICE_LIMITS: HttpLimits = Object.freeze({
  requestLine: MAX_REQUEST_LINE,
  head: MAX_HEAD,
  fields: MAX_FIELDS,
  body: MAX_BODY,
  connections: MAX_CONNECTIONS,
  requestsPerConnection: MAX_REQUESTS_PER_CONNECTION,
  headTime: HEAD_TIME_LIMIT,
  requestTime: REQUEST_TIME_LIMIT,
  idleTime: IDLE_TIME_LIMIT,
  crowdedTime: CROWDED_TIME_LIMIT,
  responseTime: RESPONSE_TIME_LIMIT,
  sendTime: SEND_TIME_LIMIT,
  lingerTime: LINGER_TIME_LIMIT,
  lingerBytes: MAX_LINGER,
  highWaterMark: HIGH_WATER_MARK,
});

/** What is left open is as for a device. Limits that are complete are taken as they are: in flash they cost no memory. */
export function completeLimits(limits: Partial<HttpLimits> = DEVICE_LIMITS): HttpLimits {
  return isComplete(limits) ? limits : { ...DEVICE_LIMITS, ...limits };
}

function isComplete(limits: Partial<HttpLimits>): limits is HttpLimits {
  return Object.keys(DEVICE_LIMITS).every((name) => name in limits);
}
