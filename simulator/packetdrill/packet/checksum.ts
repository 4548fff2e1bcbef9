/**
 * The Internet checksum (RFC 1071) of `bytes` and of what was summed before. It is written apart from the stack's own:
 * a test should not be checked by what it tests.
 */
export function checksum(bytes: Uint8Array, sum = 0): number {
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

/** The sum over the pseudo-header of TCP and UDP (RFC 9293 §3.1, RFC 768). */
export function pseudoHeaderSum(
  source: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  const halves = (word: number): number => (word >>> 16) + (word & 0xffff);
  return halves(source) + halves(destination) + protocol + length;
}
