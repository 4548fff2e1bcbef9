import type { Settings } from "../settings.js";
import { formatTime } from "../packet/format.js";

/** When something is expected, in µs since the script's begin. */
export interface Expectation {
  readonly from: number;
  readonly until: number;
  /** How far outside it may be. */
  readonly tolerance: number;
}

/** @param last when the event before was due, which the tolerance in percent counts from */
export function expectAt(settings: Settings, from: number, until: number, last: number): Expectation {
  const part = (settings.tolerancePercent / 100) * Math.max(0, from - last);
  return { from, until, tolerance: Math.max(settings.toleranceMicroseconds, part) };
}

export function isInTime({ from, until, tolerance }: Expectation, time: number): boolean {
  return time >= from - tolerance && time <= until + tolerance;
}

/** "0.100000" or "0.100000~0.200000". */
export function formatExpectation({ from, until }: Expectation): string {
  return from === until ? formatTime(from) : `${formatTime(from)}~${formatTime(until)}`;
}

/** Virtual time counts in ms, scripts in µs. */
export function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
