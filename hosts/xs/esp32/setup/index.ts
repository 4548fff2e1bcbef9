import Net from "net";
import WiFi from "wifi";
import { restart } from "./restart.js";
import { SetupMode, type SetupOptions } from "./setup-mode.js";

export { restart } from "./restart.js";
export type { SetupOptions } from "./setup-mode.js";

/**
 * Has the device be an access point with a page to choose a network, until it restarts. The radio must be off: nothing may
 * have made an `embedded:network/interface/wifi` since the chip's start, because both modules would set the radio up. That
 * both are linked does no harm: neither touches it while it loads.
 */
export function startSetup(options: SetupOptions): void {
  const net = (what: "IP" | "MAC", from: "ap" | "station"): string | undefined =>
    // Moddable's own types take one name or the other, not either.
    what === "IP" ? Net.get("IP", from) : Net.get("MAC", from);
  new SetupMode(options, { wifi: WiFi, net, bytesOf, restart }).start();
}

/**
 * XS keeps the bytes of a string as they are, also when a module has made it of what is not UTF-8. Nothing else may be done
 * with such a string: where XS decodes a character that is cut off, it reads beyond the string's end.
 */
function bytesOf(name: string): Uint8Array {
  return new Uint8Array(ArrayBuffer.fromString(name));
}
