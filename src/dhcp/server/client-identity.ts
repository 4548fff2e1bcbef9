import type { MacAddress } from "../../address/index.js";
import type { DhcpMessage } from "../../wire/index.js";

/** Clients are known by identifiers up to here; one with a longer one by its MAC. It is what RFC 4361 §6.1 makes at
 * most: a type, an IAID and a DUID of 130 bytes. */
export const MAX_CLIENT_IDENTIFIER = 135;
/** Characters kept of the name that a client gives itself: a label of the DNS. */
export const MAX_KEPT_HOST_NAME = 63;

/** What a client says about itself. */
export interface ClientIdentity {
  readonly mac: MacAddress;
  readonly clientIdentifier?: Uint8Array;
  readonly hostName?: string;
}

export function identityOf({ chaddr, options }: DhcpMessage): ClientIdentity {
  const { clientIdentifier, clientFqdn } = options;
  // RFC 4702 §4: who says both its full name and the one of its host means the former.
  const hostName = clientFqdn?.name.split(".")[0] || options.hostName;
  const isKept = clientIdentifier !== undefined && clientIdentifier.length <= MAX_CLIENT_IDENTIFIER;
  return {
    mac: chaddr,
    clientIdentifier: isKept ? clientIdentifier : undefined,
    hostName: hostName?.slice(0, MAX_KEPT_HOST_NAME),
  };
}

/** What a client is known by: its identifier, or without one its MAC (RFC 2131 §4.2). The two never look alike. */
export function clientKey({ mac, clientIdentifier }: ClientIdentity): string {
  return clientIdentifier === undefined ? mac.toString() : identifierKey(clientIdentifier);
}

export function identifierKey(identifier: Uint8Array): string {
  let key = "id ";
  for (const byte of identifier) key += byte.toString(16).padStart(2, "0");
  return key;
}

/** 32 bits that follow from a key alone (FNV-1a): the same after each restart. */
export function hashOfKey(key: string): number {
  let hash = 0x811c9dc5;
  for (const character of key) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}
