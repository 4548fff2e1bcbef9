import type { ErrorCode, NetworkError } from "../../error/index.js";
import type { Assembler } from "./assembler.js";
import type { MtuSearch } from "./mtu-search.js";
import type { Reordering } from "./recovery/reordering.js";
import type { TimeoutExchange } from "./user-timeout.js";

/**
 * What a connection knows of things that few connections ever see. All share `NO_EXTRAS` until the first of them happens
 * to one, for on a microcontroller each of these would cost it 16 bytes. Times are monotonic ms, Infinity where not set.
 */
export class Extras {
  /** What is tried out on a path that swallows large segments in silence. */
  mtuSearch: MtuSearch | undefined;
  reordering: Reordering | undefined;

  // Urgent data (see urgent.ts): SND.UP, until all before it is acknowledged; RCV.UP, until all before it is read.
  sndUp: number | undefined;
  rcvUp: number | undefined;

  /** The sequence number of the peer's FIN, once it has been seen. */
  finSequence: number | undefined;
  /** The end of TIME-WAIT, or of waiting in FIN-WAIT-2 for a peer that nobody listens to any more. */
  expireAt = Infinity;

  /** Which segments have come out of order; absent while none has. */
  assembler: Assembler | undefined;
  /** Edges of a segment that came twice, to be reported once (RFC 2883). */
  duplicate: readonly [left: number, right: number] | undefined;
  /** Segments that are still acknowledged at once (see `TcpTuning.quickAcks`). */
  quickAcks = 0;

  /** The persist timer; how often the closed window was probed, and when first. */
  persistAt = Infinity;
  persistBackoff = 0;
  persistSince = 0;
  /** A byte beyond a closed window was sent and counts only if it is acknowledged. */
  isProbingWindow = false;

  // When to ask a silent peer whether it is still there, and after how many ms (see keep-alive.ts).
  keepAliveAt = Infinity;
  keepAliveInterval = Infinity;
  keepAliveProbes = 0;

  // The user time-out, where it is not that of all connections (see user-timeout.ts).
  userTimeout: number | undefined;
  /** The user has said so. */
  hasOwnTimeout = false;
  timeoutExchange: TimeoutExchange | undefined;

  /** Why the connection failed. */
  error: NetworkError | undefined;
  /** The last ICMP error that did not end the connection (RFC 1122 §4.2.3.9). */
  softError: ErrorCode | undefined;
  /** When the last challenge acknowledgment was sent. */
  challengedAt = -Infinity;
}

export const NO_EXTRAS: Readonly<Extras> = Object.freeze(new Extras());
