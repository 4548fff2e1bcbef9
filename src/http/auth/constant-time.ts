/**
 * Compares a secret with what somebody claims it is. How long it takes tells about the length of `claimed` alone, which its
 * sender knows, and nothing about where they differ.
 */
export function constantTimeEqual(secret: Uint8Array, claimed: Uint8Array): boolean {
  let difference = secret.length ^ claimed.length;
  for (let index = 0; index < claimed.length; index++) {
    // Beyond the secret's end it is read from its start: an element that is not there would take another time.
    difference |= claimed[index]! ^ (secret[index % secret.length] ?? 0);
  }
  return difference === 0;
}
