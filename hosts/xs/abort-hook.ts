import type { CrashReport } from "./crash-report.js";

/** The part of XS's global object that it looks at before it gives up. */
export interface AbortHook {
  abort?: (reason: string, error: unknown) => void;
}

/**
 * Has XS keep what ends it. With the define `xs.abortHook`, ESP32's XS and the simulator's call a global function `abort`
 * before they give up, but for a stack overflow: there is no room for a call then.
 */
export function keepWhatEndsIt(crash: CrashReport, realm: AbortHook = globalThis as AbortHook): void {
  // Only `false` as its result would have XS go on as if nothing was.
  realm.abort = (reason, error) => {
    try {
      crash.keep(reason, error);
    } catch {
      // What ends it is worse, and is to be told of as it would be without this.
    }
  };
}
