import type { MacAddress } from "../address/index.js";

/** "wirelet-3c4d5e": a name that two devices on a network hardly share, from the last three bytes of the MAC. */
export function defaultHostName(mac: MacAddress): string {
  return `wirelet-${(mac.value % 2 ** 24).toString(16).padStart(6, "0")}`;
}
