import type { Random } from "../../host/index.js";

/** First wait for an answer, in ms; it doubles up to the last one (RFC 2131 §4.1). */
export const FIRST_RETRANSMISSION = 4_000;
export const LAST_RETRANSMISSION = 64_000;
/** Waits vary by this much either way, in ms, so that devices that boot together do not keep in step (RFC 2131 §4.1). */
export const RETRANSMISSION_JITTER = 1_000;
/** DISCOVERs from the first wait to the longest one: after as many, it is told each time that nobody answered. */
export const DISCOVERS_PER_ROUND = 5;
/** REQUESTs for an offer before starting over: 4 + 8 + 16 + 32 seconds (RFC 2131 §3.1.5). */
export const REQUEST_ATTEMPTS = 4;
/** REQUESTs that ask whether an earlier lease still holds, 4 + 8 + 16 seconds: a device without network waits for them. */
export const REBOOT_ATTEMPTS = 3;
/** INFORMs before giving up: 4 + 8 + 16 + 32 seconds. */
export const INFORM_ATTEMPTS = 4;
/** Least wait after DECLINE, in ms: a server that keeps offering a taken address loads the link (RFC 2131 §3.1.5). */
export const DECLINE_WAIT = 10_000;
/** Least time between two beginnings, in ms: a link that goes up and down all the time must not be kept busy. */
export const RESTART_WAIT = 1_000;
/** A probe takes up to 7 s (RFC 5227 §1.1); a link that has not answered after this many ms is taken not to probe. */
export const PROBE_LIMIT = 20_000;
/** From the first offer to the choice among them, in ms: servers that check an address first take a second or two. */
export const OFFER_WAIT = 2_000;
/** Without an address for so long, in ms, a link-local one is used: after three DISCOVERs, 4 + 8 + 16 s, without answer. */
export const LINK_LOCAL_WAIT = 28_000;
/** Least wait between two REQUESTs that extend a lease, in ms (RFC 2131 §4.4.5). */
export const EXTENSION_WAIT = 60_000;
/**
 * Leases under 16 minutes are retried faster than RFC 2131 §4.4.5 says, a sixteenth of the lease apart: with 60 s
 * between tries, a lease of two minutes would be lost with the first two packets. In ms, the least.
 */
export const SHORT_LEASE_WAIT = 4_000;
const SHORT_LEASE_TRIES = 16;

/** How long to wait for an answer, in ms. @param attempt messages sent before this one */
export function retransmissionDelay(attempt: number, random: Random): number {
  const delay = Math.min(FIRST_RETRANSMISSION * 2 ** attempt, LAST_RETRANSMISSION);
  return delay + (random.uint32() % (2 * RETRANSMISSION_JITTER + 1)) - RETRANSMISSION_JITTER;
}

/**
 * How long to wait for the answer to a REQUEST that extends a lease, in ms: half of what remains (RFC 2131 §4.4.5).
 * @param remaining ms until T2, or until the lease ends
 * @param lease length of the lease in ms
 */
export function extensionDelay(remaining: number, lease: number): number {
  const least = Math.min(EXTENSION_WAIT, Math.max(SHORT_LEASE_WAIT, lease / SHORT_LEASE_TRIES));
  return Math.min(remaining, Math.max(least, remaining / 2));
}
