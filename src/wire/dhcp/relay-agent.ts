import { readDhcpSubOptions } from "./items.js";
import type { DhcpRawOption } from "./options.js";

/** What a relay says of where a client is (RFC 3046 §3). */
export interface DhcpRelayAgent {
  /** 1: the relay's port or circuit that the client's message came from (§3.1). */
  readonly circuitId?: Uint8Array;
  /** 2: the host at the other end of the circuit (§3.2). */
  readonly remoteId?: Uint8Array;
  /** All sub-options but the first of each of these. */
  readonly others: readonly DhcpRawOption[];
}

const CIRCUIT_ID = 1;
const REMOTE_ID = 2;

/**
 * Reads the value of option 82. What a server sends back is that value itself, byte for byte (§2.2).
 * @returns undefined if it is malformed
 */
export function readRelayAgent(bytes: Uint8Array): DhcpRelayAgent | undefined {
  const subOptions = readDhcpSubOptions(bytes, false);
  if (subOptions === undefined) return undefined;
  const circuit = subOptions.find(({ code }) => code === CIRCUIT_ID);
  const remote = subOptions.find(({ code }) => code === REMOTE_ID);
  return {
    circuitId: circuit?.value,
    remoteId: remote?.value,
    others: subOptions.filter((subOption) => subOption !== circuit && subOption !== remote),
  };
}
