/**
 * Sequence numbers are signed 32-bit integers here, and compared modulo 2³² (RFC 9293 §3.4): `distance(a, b)` is
 * positive if `a` comes after `b`.
 */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

export function advance(sequence: number, by: number): number {
  return (sequence + by) | 0;
}

/** The later of two. */
export function later(a: number, b: number): number {
  return distance(a, b) > 0 ? a : b;
}
