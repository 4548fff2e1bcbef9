import type { CancelSignal } from "../host/index.js";

/**
 * Cancels calls that wait, where the platform has no AbortController (XS has none).
 *
 * @example
 * const canceller = new Canceller();
 * const received = socket.recv(100, { signal: canceller.signal });
 * canceller.cancel();
 * await received; // rejected with ECANCELED
 */
export class Canceller {
  readonly signal: CancelSignal;
  readonly #signal = new Signal();

  constructor() {
    this.signal = this.#signal;
  }

  /** @param reason what the calls are rejected with; absent: NetworkError ECANCELED. Only the first call counts. */
  cancel(reason?: unknown): void {
    this.#signal.abort(reason);
  }
}

class Signal implements CancelSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    // Each takes itself away meanwhile.
    for (const listener of [...this.#listeners]) listener();
  }
}
