import { Ipv4Address } from "../../address/index.js";
import type { ClientCore } from "./core.js";
import type { DhcpLease } from "./lease.js";
import { extend, release } from "./messages.js";
import { forgetLease, saveLease } from "./storing.js";
import { extensionDelay } from "./timing.js";

/** BOUND, RENEWING and REBINDING differ only in how late it is (RFC 2131 §4.4.5). */
export function extendLease(core: ClientCore, now: number): void {
  const lease = core.lease!;
  const { renewsAt, rebindsAt, expiresAt } = lease;
  if (core.state !== "BOUND") core.fail("renewal-unanswered", core.state);
  if (now >= expiresAt) return expire(core, now);
  const late = now >= rebindsAt;
  core.enter(late ? "REBINDING" : "RENEWING");
  // A new xid each time, so that an answer tells which REQUEST it is for, and from when the lease counts.
  core.begin(now);
  core.countSecs(renewsAt, now);
  const destination = late ? Ipv4Address.broadcast : lease.server;
  core.send(extend(core.identity, core, lease), destination, lease.address);
  core.deadline = now + extensionDelay((late ? expiresAt : rebindsAt) - now, expiresAt - lease.obtainedAt);
}

/** The lease is over: its address may be asked for again, but not be used. */
export function expire(core: ClientCore, now: number): void {
  core.hint = core.lease?.address;
  core.lose("expired", now);
  core.restart(now);
}

/** Gives back the lease in use, or the one that is being probed. */
export function releaseLease(core: ClientCore): void {
  const { state, lease, candidate, identity } = core;
  const held = lease ?? (state === "PROBING" ? candidate : undefined);
  if (held === undefined) return;
  const message = release(identity, core.random.uint32(), held);
  // Nothing may be sent from an address that is not probed yet (RFC 5227 §2.1): all are told, and its server is named.
  if (lease === undefined) core.broadcast(message);
  else core.send(message, lease.server, lease.address);
  forgetLease(core);
}

/** An ACK extends the lease in use. */
export function renew(core: ClientCore, lease: DhcpLease, now: number): void {
  const { lease: previous, probed } = core.binding!;
  const reason = core.state === "REBOOTING" ? "rebooted" : core.state === "REBINDING" ? "rebound" : "renewed";
  core.setbacks = 0;
  core.enter("BOUND");
  core.deadline = lease.renewsAt;
  core.change(reason, { configuration: lease.configuration, source: "dhcp", lease, probed }, now);
  saveLease(core, lease, previous, now);
}
