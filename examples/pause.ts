import type { Timers } from "wirelet/host";

/** Resolves after so many ms. */
export function pause(timers: Timers, delay: number): Promise<void> {
  return new Promise((resolve) => timers.set(resolve, delay));
}
