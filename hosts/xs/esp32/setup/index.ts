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
  new SetupMode(options, { wifi: WiFi, net, isText, restart }).start();
}

/** XS refuses to make text of what is not UTF-8. */
function isText(name: string): boolean {
  try {
    String.fromArrayBuffer(ArrayBuffer.fromString(name));
    return true;
  } catch {
    return false;
  }
}
