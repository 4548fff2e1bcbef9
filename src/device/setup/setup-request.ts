import { decodeUtf8, encodeUtf8, type Storage } from "../../host/index.js";

const KEY = "setup";

/**
 * Has the device come up in set-up mode after its next restart: where the radio can't go from station to access point
 * while it runs. It is for one start only, so that a network that was away for a while is tried again.
 */
export class SetupRequest {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** @param reason a sentence for the page @throws NetworkError what keeps the host from writing */
  leave(reason: string): void {
    this.#storage.set(KEY, encodeUtf8(reason));
  }

  /** The reason, once; undefined if nobody asked. @throws NetworkError what keeps the host from reading or writing */
  take(): string | undefined {
    const value = this.#storage.get(KEY);
    if (value === undefined) return undefined;
    this.#storage.delete(KEY);
    return decodeUtf8(value, "lossy");
  }
}
