import { decodeUtf8, encodeUtf8, type Storage, type Timers } from "wirelet/host/index";

const KEY = "crash";

/** Characters of an error that are kept at most: enough for its name, its text and what it was about. */
export const MAX_CRASH = 200;

/**
 * How long the firmware has to run before the last crash is taken off the flash, in ms. One that crashes at each start with
 * the same error writes it once, and the flash does not wear.
 */
export const RUNS_WELL_AFTER = 60_000;

/** Tells after a restart what the firmware was ended by: on a device nobody reads the log when it happens. */
export class CrashReport {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The error that ended the run before this one; undefined if nothing did. */
  load(timers: Timers): string | undefined {
    try {
      const value = this.#storage.get(KEY);
      if (value === undefined) return undefined;
      timers.set(() => this.forget(), RUNS_WELL_AFTER);
      return decodeUtf8(value, "lossy");
    } catch {
      // A flash that can't be read is told of by who needs what is in it.
      return undefined;
    }
  }

  /** @param reason the engine's: "unhandled exception", "not enough memory" @param error what was thrown, if anything was */
  keep(reason: string, error: unknown): void {
    const text = error === undefined ? reason : `${reason}: ${String(error)}`;
    this.#storage.set(KEY, encodeUtf8(text.slice(0, MAX_CRASH)));
  }

  private forget(): void {
    try {
      this.#storage.delete(KEY);
    } catch {
      // It is told of once more after the next restart.
    }
  }
}
