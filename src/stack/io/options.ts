import { NetworkError } from "../../error/index.js";

/** @throws NetworkError EINVAL unless `value` is absent or an integer from `min` to `max` */
export function checkOption<T extends number | undefined>(
  name: string,
  value: T,
  min: number,
  max: number,
): T {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw new NetworkError("EINVAL", `set ${name}`, String(value), `not an integer from ${min} to ${max}`);
}

/** The octet that carries a DSCP (RFC 2474 §3); its lower two bits are ECN's. @throws NetworkError EINVAL */
export function typeOfServiceOf(dscp: number | undefined): number {
  return (checkOption("dscp", dscp, 0, 63) ?? 0) << 2;
}
