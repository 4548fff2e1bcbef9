import type { Segment } from "./segment.js";
import { distance } from "./sequence.js";

/** After so long without a segment TS.Recent says nothing any more, in ms (RFC 7323 §5.5): 24 days. */
const RECENT_LIFETIME = 24 * 24 * 3600 * 1000;

/** The timestamps option of one connection (RFC 7323 §3 to §5): what to send, what to echo, what is too old. */
export class Timestamps {
  /** TS.Recent: what is echoed. */
  recent = 0;
  /** Last.ACK.sent. */
  lastAcknowledged = 0;
  #recentAt = 0;

  /** @param offset keeps one connection's clock from telling about another's (RFC 7323 §7.1) */
  constructor(private readonly offset: number) {}

  /** TSval at `now`: milliseconds. */
  at(now: number): number {
    return (Math.floor(now % 0x1_0000_0000) + this.offset) | 0;
  }

  /** The peer's SYN. */
  begin({ timestamp, now }: { readonly timestamp: number; readonly now: number }): void {
    this.recent = timestamp;
    this.#recentAt = now;
  }

  /** PAWS (RFC 7323 §5.3, R1): true for an old duplicate from before the sequence numbers wrapped. */
  isOld(segment: Segment): boolean {
    return distance(segment.timestamp, this.recent) < 0 && segment.now - this.#recentAt < RECENT_LIFETIME;
  }

  /**
   * RFC 7323 §4.3: the segment to echo is the one that the next acknowledgment answers.
   * @param sequence the number that it came with
   */
  update(segment: Segment, sequence: number): void {
    if (distance(segment.timestamp, this.recent) < 0 && !(segment.now - this.#recentAt >= RECENT_LIFETIME))
      return;
    if (distance(sequence, this.lastAcknowledged) > 0) return;
    this.recent = segment.timestamp;
    this.#recentAt = segment.now;
  }

  /** The round trip that an echo tells, in ms; whole ones only. */
  roundTrip(echo: number, now: number): number {
    return Math.max(0, distance(this.at(now), echo));
  }
}
