import { NetworkError } from "../src/error/index.js";

/** A span of virtual time: milliseconds, or a number with its unit ("250ms", "2s", "5m", "1h", "7d"). */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const MILLISECONDS_PER_UNIT: Readonly<Record<string, number>> = Object.freeze({
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
});

/**
 * @returns `duration` in milliseconds
 * @throws NetworkError EINVAL if it is negative, not finite, or has an unknown unit
 */
export function milliseconds(duration: Duration): number {
  let result = Number.NaN;
  if (typeof duration === "number") {
    result = duration;
  } else {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? [];
    if (amount !== undefined && unit !== undefined) {
      result = Number(amount) * (MILLISECONDS_PER_UNIT[unit] ?? Number.NaN);
    }
  }
  if (!Number.isFinite(result) || result < 0) {
    throw new NetworkError(
      "EINVAL",
      "parse duration",
      String(duration),
      'want milliseconds, or "2s", "5m", "1h"',
    );
  }
  return result;
}
