import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { StoredLease } from "../../../src/dhcp/index.js";

/** What a line says: a lease in place of what is known of its address, or that nothing is known of one any more. */
export type LeaseChange = StoredLease | { readonly address: Ipv4Address; readonly state: "removed" };

const STATES: readonly unknown[] = ["bound", "free", "declined"];

/** Option 61 has 255 bytes at most, and so has its text twice as many digits. */
const IDENTIFIER = /^(?:[0-9a-f]{2}){1,255}$/;

/** A change as a line of text. Times are whole milliseconds, infinite ones null. */
export function formatLease(change: LeaseChange): string {
  if (change.state === "removed") return JSON.stringify({ removed: change.address.toString() });
  const { address, mac, clientIdentifier, hostName, state, duration, expiresAt } = change;
  return JSON.stringify({
    address: address.toString(),
    mac: mac.toString(),
    id: clientIdentifier && Buffer.from(clientIdentifier).toString("hex"),
    name: hostName,
    state,
    lasts: Math.round(duration),
    until: expiresAt && Math.round(expiresAt),
  });
}

/** @returns undefined if it is nothing that `formatLease` has written */
export function parseLease(text: string): LeaseChange | undefined {
  const { removed, address, mac, id, name, state, lasts, until } = parseObject(text);
  if (typeof removed === "string") {
    const gone = Ipv4Address.tryParse(removed);
    return gone && { address: gone, state: "removed" };
  }
  const who = MacAddress.tryParse(String(mac));
  const where = Ipv4Address.tryParse(String(address));
  const duration = parseTime(lasts);
  const expiresAt = until === undefined ? undefined : parseTime(until);
  if (who === undefined || where === undefined || !isState(state) || duration === undefined) return undefined;
  if (until !== undefined && expiresAt === undefined) return undefined;
  if (id !== undefined && !IDENTIFIER.test(String(id))) return undefined;
  if (name !== undefined && typeof name !== "string") return undefined;
  return {
    address: where,
    mac: who,
    ...(id === undefined ? {} : { clientIdentifier: new Uint8Array(Buffer.from(String(id), "hex")) }),
    ...(name === undefined ? {} : { hostName: name }),
    state,
    duration,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function parseTime(value: unknown): number | undefined {
  if (value === null) return Infinity;
  return typeof value === "number" && value >= 0 ? value : undefined;
}

function isState(value: unknown): value is StoredLease["state"] {
  return STATES.includes(value);
}
