import type { ClientCore } from "./core.js";
import type { DhcpLease } from "./lease.js";
import { discover, request } from "./messages.js";
import { DISCOVERS_PER_ROUND, REQUEST_ATTEMPTS } from "./timing.js";

/** Offers kept to choose among: more servers than that answer only where somebody plays them. */
export const MAX_OFFERS = 8;

/** INIT is over: asks for servers. */
export function startSelecting(core: ClientCore, now: number): void {
  core.enter("SELECTING");
  core.startedAt = now;
  core.begin(now);
  sendDiscover(core, now);
}

/** SELECTING: it is time to choose, or nobody has answered. */
export function pollSelecting(core: ClientCore, now: number): void {
  if (core.offers.length > 0) return chooseOffer(core, now);
  if (core.attempts % DISCOVERS_PER_ROUND === 0) core.fail("no-server");
  sendDiscover(core, now);
}

function sendDiscover(core: ClientCore, now: number): void {
  const { identity, rapidCommit } = core;
  core.countSecs(core.startedAt, now);
  // The answer may be a lease, which counts from the very message that it answers.
  if (rapidCommit && core.attempts > 0) core.begin(now);
  const wishes = {
    requestedAddress: core.hint,
    rapidCommit: rapidCommit || undefined,
    // RFC 2563 §2: who would choose an address lets servers forbid it.
    autoConfigure: core.linkLocalWait < Infinity || undefined,
  };
  core.broadcast(discover(identity, core, wishes));
  core.awaitAnswer(now);
}

/** SELECTING: a server offers `lease`. */
export function takeOffer(core: ClientCore, xid: number, lease: DhcpLease, now: number): void {
  const { offers } = core;
  if (offers.length === MAX_OFFERS) return core.ignore("too-many-offers");
  core.sink.event({ type: "received", message: "OFFER", xid, lease });
  if (core.offerWait === 0) return startRequesting(core, lease, now);
  offers.push(lease);
  if (offers.length === 1) core.deadline = now + core.offerWait;
}

function chooseOffer(core: ClientCore, now: number): void {
  const { offers } = core;
  core.offers = [];
  // Should the policy throw, or take none, servers are asked again.
  core.awaitAnswer(now);
  const chosen = core.choose === undefined ? offers[0] : core.choose(offers);
  if (chosen !== undefined && offers.includes(chosen)) startRequesting(core, chosen, now);
  else core.fail("no-offer-chosen");
}

function startRequesting(core: ClientCore, lease: DhcpLease, now: number): void {
  core.candidate = lease;
  core.requestedAt = now;
  core.enter("REQUESTING");
  sendRequest(core, now);
}

/** REQUESTING: the server has not answered. */
export function pollRequesting(core: ClientCore, now: number): void {
  core.fail("request-unanswered");
  if (core.attempts < REQUEST_ATTEMPTS) sendRequest(core, now);
  else core.restart(now);
}

/** With the DISCOVER's `secs`, so that relays treat both alike (RFC 2131 §4.4.1). */
function sendRequest(core: ClientCore, now: number): void {
  core.broadcast(request(core.identity, core, core.candidate!));
  core.awaitAnswer(now);
}
