import { NetworkError } from "../error/index.js";
import type { Random } from "../host/index.js";

/** The dynamic ports (RFC 6335 §6). */
const FIRST_EPHEMERAL = 49_152;
const LAST_EPHEMERAL = 65_535;

/**
 * Picks a port that is not in use: a random start, then the next free one (RFC 6056 §3.3.1).
 * @throws NetworkError EADDRINUSE if all are taken
 */
export function pickEphemeralPort(random: Random, isFree: (port: number) => boolean): number {
  const count = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
  const start = random.uint32() % count;
  for (let i = 0; i < count; i++) {
    const port = FIRST_EPHEMERAL + ((start + i) % count);
    if (isFree(port)) return port;
  }
  throw new NetworkError("EADDRINUSE", "bind", undefined, "all ephemeral ports are in use");
}
