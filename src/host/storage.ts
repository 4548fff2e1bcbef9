/** A few small values that survive a reboot (`preference` on XS, a file on Node). */
export interface Storage {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
}
