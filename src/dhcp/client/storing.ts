import type { ClientCore } from "./core.js";
import { readLease, type DhcpLease } from "./lease.js";
import { packStoredLease, unpackStoredLease } from "./stored-lease.js";

/** A renewal that changes nothing but the time is stored once in so many ms of wall-clock time: flash wears out. */
export const STORE_INTERVAL = 600_000;

/** Stores `lease`, which is now in use, instead of `previous`. */
export function saveLease(
  core: ClientCore,
  lease: DhcpLease,
  previous: DhcpLease | undefined,
  now: number,
): void {
  if (!core.storesLease) return;
  const wall = core.wallClock?.now();
  const countsFrom = wall === undefined ? 0 : Math.max(0, Math.floor(wall - (now - lease.obtainedAt)));
  const isSame = previous !== undefined && core.storedFrom >= 0 && sameTerms(lease, previous);
  if (isSame && countsFrom - core.storedFrom < STORE_INTERVAL && countsFrom >= core.storedFrom) return;
  core.storedFrom = countsFrom;
  core.sink.store(packStoredLease(core.identity.mac, lease, countsFrom));
}

function sameTerms(a: DhcpLease, b: DhcpLease): boolean {
  const [own, other] = [a.packedOptions, b.packedOptions];
  return (
    a.address.equals(b.address) && own.length === other.length && own.every((byte, at) => byte === other[at])
  );
}

/** The lease is no longer the client's: a reboot must not bring it back. */
export function forgetLease(core: ClientCore): void {
  core.hint = undefined;
  if (core.storedFrom < 0) return;
  core.storedFrom = -1;
  core.sink.store(undefined);
}

/** Makes what storage held the lease to confirm, or, if it has ended, the address to ask for. */
export function recallLease(core: ClientCore, bytes: Uint8Array, now: number): void {
  const stored = unpackStoredLease(bytes, core.identity.mac);
  if (typeof stored === "string") return core.fail("stored-lease", stored);
  const { address, countsFrom, options } = stored;
  const wall = core.wallClock?.now();
  // A clock that says less than when the lease was stored is wrong, then or now.
  const age = wall === undefined || countsFrom === 0 || wall < countsFrom ? undefined : wall - countsFrom;
  const lease = readLease(address, options, now - (age ?? 0));
  if (typeof lease === "string") return core.fail("stored-lease", lease);
  core.storedFrom = countsFrom;
  if (now >= lease.expiresAt) {
    core.hint = address;
    return;
  }
  core.candidate = lease;
  core.isCandidateCurrent = age !== undefined || lease.leaseSeconds === Infinity;
}
