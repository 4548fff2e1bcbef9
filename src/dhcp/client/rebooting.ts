/**
 * INIT-REBOOT and REBOOTING (RFC 2131 §3.2): a lease from before a reboot, or from before the link was lost, is confirmed by
 * any server before, or while, it is used.
 */
import type { ClientCore } from "./core.js";
import { expire, renew } from "./extending.js";
import type { DhcpLease } from "./lease.js";
import { confirm } from "./messages.js";
import { startProbe } from "./probing.js";
import { REBOOT_ATTEMPTS, RESTART_WAIT } from "./timing.js";

/** INIT-REBOOT is over: the link is up, or, without it, the lease has ended. */
export function startRebooting(core: ClientCore, now: number): void {
  if (endIfExpired(core, now)) return;
  core.enter("REBOOTING");
  core.startedAt = now;
  core.begin(now);
  sendConfirm(core, now);
}

/** REBOOTING: nobody has answered. */
export function pollRebooting(core: ClientCore, now: number): void {
  if (endIfExpired(core, now)) return;
  core.fail("reboot-unanswered");
  if (core.attempts < REBOOT_ATTEMPTS) return sendConfirm(core, now);
  const { lease, candidate } = core;
  if (lease !== undefined) {
    // The lease is good by the clock. If it is due already, the next poll, at once, extends it.
    core.enter("BOUND");
    core.deadline = lease.renewsAt;
  } else if (candidate !== undefined && core.isCandidateCurrent) {
    startProbe(core, candidate, "resumed", now);
  } else {
    core.hint = candidate?.address;
    core.restart(now);
  }
}

function sendConfirm(core: ClientCore, now: number): void {
  core.countSecs(core.startedAt, now);
  core.broadcast(confirm(core.identity, core, (core.lease ?? core.candidate)!));
  core.awaitAnswer(now);
  // A lease in use is not used longer than it lasts, not even by a second.
  core.deadline = Math.min(core.deadline, core.lease?.expiresAt ?? Infinity);
}

/** REBOOTING: a server has confirmed the lease. */
export function confirmed(core: ClientCore, lease: DhcpLease, now: number): void {
  if (core.lease === undefined) return startProbe(core, lease, "rebooted", now);
  renew(core, lease, now);
  // Somebody may have taken the address while the link was down: an announcement makes them known (RFC 5227 §2.4).
  core.sink.announce(lease.address);
}

function endIfExpired(core: ClientCore, now: number): boolean {
  const { lease, candidate } = core;
  if (lease !== undefined) {
    if (now < lease.expiresAt) return false;
    expire(core, now);
    return true;
  }
  if (candidate === undefined || !core.isCandidateCurrent || now < candidate.expiresAt) return false;
  core.hint = candidate.address;
  core.restart(now);
  return true;
}

/** The link is down: nothing is sent, and nothing is lost but time. */
export function linkDown(core: ClientCore, now: number): void {
  const { lease, state } = core;
  core.isLinkUp = false;
  core.endProbe();
  core.linkLocal?.pause(now);
  // A lease that was just given needs no second DISCOVER, only to be confirmed.
  if (state === "PROBING") core.isCandidateCurrent = true;
  if (lease !== undefined || state === "PROBING" || state === "INIT-REBOOT" || state === "REBOOTING") {
    core.enter("INIT-REBOOT");
    core.deadline = lease?.expiresAt ?? Infinity;
  } else if (state !== "STOPPED") {
    core.restart(Infinity);
  }
}

/** The link is up: in another network perhaps, so that what was leased is confirmed at once. */
export function linkUp(core: ClientCore, now: number): void {
  core.isLinkUp = true;
  if (core.state === "STOPPED") return;
  core.deadline = Math.max(now, core.startedAt + RESTART_WAIT);
  if (core.binding === undefined) core.linkLocalAt = now + core.linkLocalWait;
  else if (core.lease === undefined) core.sink.announce(core.binding.configuration.address);
}
