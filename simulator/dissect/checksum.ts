import type { Branch } from "./branch.js";
import type { Scope } from "./scope.js";

/** Wireshark's numbers for what it makes of a checksum. */
export const CHECKSUM_STATUS = Object.freeze({ 0: "Bad", 1: "Good", 2: "Unverified" });
const BAD = 0;
const GOOD = 1;
const UNVERIFIED = 2;

/**
 * Says what is to be thought of a checksum.
 * @param isGood undefined if it cannot be told
 */
export function addChecksum<Name extends string>(
  scope: Scope,
  layer: Branch<Name>,
  checksum: Branch<Name>,
  name: Name,
  isGood: boolean | undefined,
): void {
  const status = isGood === undefined ? UNVERIFIED : isGood ? GOOD : BAD;
  layer.add(name, checksum.at, checksum.length, status);
  checksum.text += ` [${CHECKSUM_STATUS[status].toLowerCase()}]`;
  if (status === BAD) scope.wrong("bad checksum");
}
