import { Ipv4Address, type MacAddress } from "../../address/index.js";
import type { ClientCore } from "./core.js";
import type { DhcpChangeReason } from "./events.js";
import type { DhcpLease } from "./lease.js";
import { decline } from "./messages.js";
import { forgetLease, saveLease } from "./storing.js";
import { DECLINE_WAIT, PROBE_LIMIT } from "./timing.js";

/** PROBING: looks for another owner of `lease`, which is then used for `reason`. */
export function startProbe(core: ClientCore, lease: DhcpLease, reason: DhcpChangeReason, now: number): void {
  core.offers = [];
  core.candidate = lease;
  core.reason = reason;
  core.enter("PROBING");
  core.deadline = now + PROBE_LIMIT;
  // One probe at a time: a lease is worth more than an address of one's own choice.
  core.linkLocal?.pause(now);
  core.cancelProbe = core.sink.probe(lease.address);
  if (core.cancelProbe === undefined) bind(core, false, now);
}

/** PROBING is over: nobody else has the address, as far as can be told. */
export function bind(core: ClientCore, probed: boolean, now: number): void {
  const lease = core.candidate!;
  const { reason } = core;
  core.endProbe();
  if (now >= lease.expiresAt) {
    core.hint = lease.address;
    return core.restart(now);
  }
  core.candidate = undefined;
  core.hint = undefined;
  core.setbacks = 0;
  core.linkLocal = undefined;
  core.enter("BOUND");
  core.deadline = lease.renewsAt;
  core.change(reason, { configuration: lease.configuration, source: "dhcp", lease, probed }, now);
  core.sink.announce(lease.address);
  saveLease(core, lease, undefined, now);
}

/** RFC 2131 §3.1, 5: somebody else has the address. */
export function declineLease(core: ClientCore, lease: DhcpLease, owner: MacAddress, now: number): void {
  core.sink.event({ type: "conflict", address: lease.address, owner });
  forgetLease(core);
  const message = decline(core.identity, core.random.uint32(), lease);
  core.send(message, Ipv4Address.broadcast, Ipv4Address.unspecified);
  core.setBack(now, DECLINE_WAIT);
}
