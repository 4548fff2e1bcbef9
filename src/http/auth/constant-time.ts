import { encodeUtf8 } from "../../host/index.js";

/**
 * Compares a secret with what somebody claims it is. How long it takes tells about the length of `claimed` alone, which its
 * sender knows, and nothing about where they differ.
 *
 * @example
 * basicAuth({ realm: "device", check: ({ user, password }) => user === "admin" && constantTimeEqual(secret, password) });
 */
export function constantTimeEqual(secret: Uint8Array | string, claimed: Uint8Array | string): boolean {
  const known = bytesOf(secret);
  const given = bytesOf(claimed);
  let difference = known.length ^ given.length;
  for (let index = 0; index < given.length; index++) {
    // Beyond the secret's end it is read from its start: an element that is not there would take another time.
    difference |= given[index]! ^ (known[index % known.length] ?? 0);
  }
  return difference === 0;
}

function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === "string" ? encodeUtf8(value) : value;
}
