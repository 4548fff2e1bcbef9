/** RFC 1071 as plainly as it can be said, and apart from src/wire: what the stack computes is held against this. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes[at]! * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** The twelve bytes that TCP and UDP checksums begin with (RFC 9293 §3.1, RFC 768). */
export function pseudoHeader(
  source: string,
  destination: string,
  protocol: number,
  length: number,
): Uint8Array {
  return Buffer.from([...ipBytes(source), ...ipBytes(destination), 0, protocol, length >> 8, length & 255]);
}

export function ipBytes(address: string): number[] {
  return address.split(".").map(Number);
}
