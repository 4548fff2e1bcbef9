import { checkStorageKey, checkStorageValue, type Storage } from "../src/host/index.js";

/** Storage as a simulated device has it: its values outlive the host that wrote them. */
export class MemoryStorage implements Storage {
  readonly #values = new Map<string, Uint8Array>();

  get(key: string): Uint8Array | undefined {
    return this.#values.get(checkStorageKey(key))?.slice();
  }

  set(key: string, value: Uint8Array): void {
    this.#values.set(checkStorageKey(key), checkStorageValue(key, value).slice());
  }

  delete(key: string): void {
    this.#values.delete(checkStorageKey(key));
  }
}
