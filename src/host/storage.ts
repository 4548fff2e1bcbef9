import { NetworkError } from "../error/index.js";

/** Characters of a key at most, each of them ASCII: what ESP32's flash takes (NVS_KEY_NAME_MAX_SIZE, less its final 0). */
export const MAX_STORAGE_KEY = 15;
/** Bytes of a value at most: what the Moddable SDK promises for ESP32's flash. */
export const MAX_STORAGE_VALUE = 4_000;

/**
 * A few small values that survive a reboot: in flash on a device, in a file on Node. What `set` and `delete` have done
 * when they return is there after a power failure; one that comes meanwhile may lose the one value that is being set.
 * To set what is there already costs nothing: flash wears with each write.
 */
export interface Storage {
  /** @throws NetworkError as `set` */
  get(key: string): Uint8Array | undefined;
  /** @throws NetworkError EINVAL for a key, EMSGSIZE for a value beyond the limits, else what keeps the host from it */
  set(key: string, value: Uint8Array): void;
  /** What is not there is not deleted. @throws NetworkError as `set` */
  delete(key: string): void;
}

/** @throws NetworkError EINVAL if no storage would take it: it is the same on all hosts */
export function checkStorageKey(key: string): string {
  if (!/^[!-~]{1,15}$/.test(key)) {
    throw new NetworkError("EINVAL", "use storage", key, `not 1 to ${MAX_STORAGE_KEY} ASCII characters`);
  }
  return key;
}

/** @throws NetworkError EMSGSIZE if no storage would take it: it is the same on all hosts */
export function checkStorageValue(key: string, value: Uint8Array): Uint8Array {
  if (value.length > MAX_STORAGE_VALUE) throw new NetworkError("EMSGSIZE", "store", key);
  return value;
}

/** Whether two values are the same. */
export function isSameValue(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one?.length === other.length && other.every((byte, index) => byte === one[index]);
}
