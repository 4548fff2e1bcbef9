import { DEVICE_LIMITS, type HttpLimits } from "../../src/http/index.js";

/**
 * What an HTTP server takes on a computer, where `DEVICE_LIMITS` are for 70 KB of memory: a request line of 16 KiB, twice what
 * RFC 9112 §3 recommends at least; a head of 64 KiB, for everything that browsers and proxies add; 16 MiB for a body that is held
 * in memory; a thousand connections, of which an idle one costs a kilobyte or two, so that each may stay for as many requests as it
 * likes; writes as large as a kernel takes at once. Times stay those of a device: a slow client is slow everywhere.
 */
export const HOST_HTTP_LIMITS: HttpLimits = Object.freeze({
  ...DEVICE_LIMITS,
  requestLine: 16 * 1024,
  head: 64 * 1024,
  fields: 256,
  body: 16 * 1024 * 1024,
  connections: 1024,
  requestsPerConnection: 1_000_000,
  lingerBytes: 1024 * 1024,
  highWaterMark: 64 * 1024,
});
