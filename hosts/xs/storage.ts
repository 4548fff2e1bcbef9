import { NetworkError } from "wirelet/error/index";
import { checkStorageKey, checkStorageValue, isSameValue, type Storage } from "wirelet/host/index";

/** Moddable's module `preference`: on ESP32 the flash partition `nvs`. */
export interface NativePreference {
  get(domain: string, key: string): unknown;
  set(domain: string, key: string, value: ArrayBuffer): void;
  delete(domain: string, key: string): void;
}

/** What separates the firmware's preferences from those of others; as long as a key may be. */
const DOMAIN = "wirelet";

/** Values in Moddable's preferences. */
export class PreferenceStorage implements Storage {
  readonly #native: NativePreference;

  constructor(native: NativePreference) {
    this.#native = native;
  }

  get(key: string): Uint8Array | undefined {
    checkStorageKey(key);
    const value = attempt("load", key, () => this.#native.get(DOMAIN, key));
    return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
  }

  set(key: string, value: Uint8Array): void {
    checkStorageValue(key, value);
    if (isSameValue(this.get(key), value)) return;
    // It takes whole buffers, and this may be a part of one.
    attempt("store", key, () => this.#native.set(DOMAIN, key, value.slice().buffer as ArrayBuffer));
  }

  delete(key: string): void {
    checkStorageKey(key);
    attempt("delete", key, () => this.#native.delete(DOMAIN, key));
  }
}

/** The platform says "nvs set fail" and no more; what it has run out of is mostly flash. */
function attempt<T>(operation: string, key: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new NetworkError("ENOBUFS", operation, key, error instanceof Error ? error.message : String(error));
  }
}
