import { MAX_FIELDS, MAX_HEAD } from "../message/limits.js";
import type { ResponseLimits } from "./response-parser.js";

/**
 * Everything that a server could make grow or last, in bytes, counts and milliseconds. What each is about stands at the
 * constant that is its default: see `CLIENT_LIMITS`.
 */
export interface ClientLimits extends ResponseLimits {
  readonly body: number;
  readonly readAhead: number;
  readonly connections: number;
  readonly connectionsPerOrigin: number;
  readonly waiting: number;
  readonly redirects: number;
  readonly connectTime: number;
  readonly headTime: number;
  readonly stallTime: number;
  readonly continueTime: number;
  readonly keepTime: number;
}

/** Bytes of a body that `bytes`, `text` and `json` hold in memory. What is read piece by piece has no limit. */
export const MAX_RESPONSE_BODY = 65_536;

/** Bytes of a body that wait for their reader; more stays in the socket, so that TCP slows the server down. */
export const MAX_READ_AHEAD = 4096;

/** Connections at a time, kept ones included; lwIP on ESP32 has 8, and a server wants some. */
export const MAX_CLIENT_CONNECTIONS = 4;

/** The same to one origin: one for what lasts, one for the rest. */
export const MAX_CONNECTIONS_PER_ORIGIN = 2;

/** Requests that wait for a connection; one more is refused with ENOBUFS. */
export const MAX_WAITING_REQUESTS = 32;

/** How often one request is redirected: browsers allow 20, and no page of a device needs more than two. */
export const MAX_REDIRECTS = 10;

/** How long one address may take to connect, TLS included, in ms. */
export const CONNECT_TIME_LIMIT = 15_000;

/** From the request's last byte to the end of the response's head, in ms: servers that work on it for long say 102. */
export const RESPONSE_TIME = 60_000;

/** How long no byte may come of a body that is being read, or leave of one that is being sent, in ms. */
export const STALL_TIME_LIMIT = 30_000;

/** How long "100 Continue" is waited for, in ms: older servers do not send it (RFC 9110 §10.1.1). */
export const CONTINUE_TIME_LIMIT = 1_000;

/** How long a connection without a request is kept, in ms: less than servers usually do, so that they seldom end it first. */
export const KEEP_TIME_LIMIT = 4_000;

/** The limits for a device. A host takes more by `{ ...CLIENT_LIMITS, body: 2 ** 26 }`. */
export const CLIENT_LIMITS: ClientLimits = Object.freeze({
  head: MAX_HEAD,
  fields: MAX_FIELDS,
  body: MAX_RESPONSE_BODY,
  readAhead: MAX_READ_AHEAD,
  connections: MAX_CLIENT_CONNECTIONS,
  connectionsPerOrigin: MAX_CONNECTIONS_PER_ORIGIN,
  waiting: MAX_WAITING_REQUESTS,
  redirects: MAX_REDIRECTS,
  connectTime: CONNECT_TIME_LIMIT,
  headTime: RESPONSE_TIME,
  stallTime: STALL_TIME_LIMIT,
  continueTime: CONTINUE_TIME_LIMIT,
  keepTime: KEEP_TIME_LIMIT,
});
