import type { Storage } from "../../../src/host/index.js";
import type { ModuleHost } from "./module-host.js";

export type PreferenceValue = boolean | number | string | ArrayBuffer;

/** What ESP32's flash takes for the name of a domain or a key (NVS_KEY_NAME_MAX_SIZE, less its final 0). */
const MAX_NAME_LENGTH = 15;

/** By the host's storage: what it keeps outlives what runs on it, and so do preferences. */
const stores = new WeakMap<Storage, Preferences>();

/** The preferences of a device, by domain and key. */
export class Preferences {
  readonly #domains = new Map<string, Map<string, PreferenceValue>>();

  /** Those that are beside what `storage` has. */
  static of(storage: Storage): Preferences {
    const known = stores.get(storage);
    if (known !== undefined) return known;
    const preferences = new Preferences();
    stores.set(storage, preferences);
    return preferences;
  }

  get(domain: string, key: string): PreferenceValue | undefined {
    return this.#domains.get(domain)?.get(key);
  }

  set(domain: string, key: string, value: PreferenceValue): void {
    const keys = this.#domains.get(domain) ?? new Map<string, PreferenceValue>();
    this.#domains.set(domain, keys.set(key, value instanceof ArrayBuffer ? value.slice(0) : value));
  }

  delete(domain: string, key: string): void {
    this.#domains.get(domain)?.delete(key);
  }

  keys(domain: string): string[] {
    return [...(this.#domains.get(domain)?.keys() ?? [])];
  }
}

/** `preference`. On ESP32 it is the flash partition nvs, with its limits. */
export function createPreference({ host, platform, realm }: ModuleHost) {
  const preferences = Preferences.of(host.storage);
  const check = (name: string, failure: string): string => {
    if (platform === "esp32" && (name.length > MAX_NAME_LENGTH || name === "")) throw new Error(failure);
    return name;
  };
  const valueOf = (value: unknown): PreferenceValue => {
    if (value instanceof realm.intrinsics.ArrayBuffer) return new Uint8Array(value).slice().buffer;
    if (typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value !== "number") throw new Error("unsupported type");
    if (value !== (value | 0)) throw new Error("float unsupported");
    return value;
  };
  return {
    get: (domain: unknown, key: unknown) => preferences.get(String(domain), String(key)),
    set: (domain: unknown, key: unknown, value: unknown) => {
      check(String(domain), "nvs_open fail");
      preferences.set(String(domain), check(String(key), "nvs set fail"), valueOf(value));
    },
    delete: (domain: unknown, key: unknown) => preferences.delete(String(domain), String(key)),
    keys: (domain: unknown) => preferences.keys(String(domain)),
  };
}
