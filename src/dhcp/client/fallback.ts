import type { MacAddress } from "../../address/index.js";
import type { ClientCore } from "./core.js";
import { LINK_LOCAL_PREFIX_LENGTH, LinkLocalMachine, type LinkLocalSink } from "./link-local.js";

/** Monotonic ms at which `pollFallback` has something to do. */
export function fallbackDeadline(core: ClientCore): number {
  if (!isFree(core)) return Infinity;
  return Math.min(core.linkLocalAt, core.linkLocal?.deadline ?? Infinity);
}

/** Gives the interface a link-local address if it has been without one for long. */
export function pollFallback(core: ClientCore, now: number): void {
  if (!isFree(core)) return;
  if (now >= core.linkLocalAt) {
    core.linkLocalAt = Infinity;
    core.linkLocal ??= new LinkLocalMachine(core.identity.mac, effectsOn(core), now);
  }
  core.linkLocal?.poll(now);
}

/** Another host defends the link-local address in use. */
export function linkLocalConflicted(core: ClientCore, owner: MacAddress, now: number): void {
  core.change("conflict", undefined, now);
  core.linkLocal?.conflicted(owner, now);
}

/**
 * A server has no lease to give, and wants its clients to have no address at all (RFC 2563 §2). That holds until there was a
 * lease, or the link was down: it may be another network's then.
 */
export function forbidLinkLocal(core: ClientCore, now: number): void {
  const isForbidden = core.linkLocal === undefined && core.linkLocalAt === Infinity;
  if (isForbidden) return;
  core.linkLocal?.pause(now);
  core.linkLocal = undefined;
  if (core.binding !== undefined) core.change("nak", undefined, now);
  core.linkLocalAt = Infinity;
  core.fail("link-local-forbidden");
}

/** The link can be asked, and is not being asked about a lease. */
function isFree({ isLinkUp, state }: ClientCore): boolean {
  return isLinkUp && state !== "PROBING" && state !== "STOPPED";
}

function effectsOn(core: ClientCore): LinkLocalSink {
  return {
    probe: (address) => core.sink.probe(address),
    claim: (address, now) => {
      const configuration = { address, prefixLength: LINK_LOCAL_PREFIX_LENGTH, dns: [] };
      core.change("link-local", { configuration, source: "link-local", probed: true }, now);
      core.sink.announce(address);
    },
    conflict: (address, owner) => core.sink.event({ type: "conflict", address, owner }),
    cannotProbe: () => core.fail("link-local"),
  };
}
