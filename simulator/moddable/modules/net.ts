import { DEFAULT_RSSI } from "../platform/radio.js";
import { resolveLater, type ModuleHost } from "./module-host.js";

/** `net`. In the desktop simulator only "IP" is known. */
export function createNet(moduleHost: ModuleHost) {
  const { host, machine, platform, radio } = moduleHost;
  const address = (): string | undefined => host.network.ipv4?.address.toString();
  const ofBoard: Readonly<Record<string, () => unknown>> = {
    IP: address,
    MAC: () => (radio?.isOn === true ? host.mac.toString().toUpperCase() : undefined),
    SSID: () => radio?.network?.ssid,
    BSSID: () => (radio?.isAssociated === true ? BSSID : undefined),
    RSSI: () => radio?.network && (radio.network.rssi ?? DEFAULT_RSSI),
    CHANNEL: () => radio?.network && (radio.network.channel ?? 1),
    DNS: () => host.network.ipv4?.dns.map(String) ?? [],
  };
  const known = platform === "esp32" ? ofBoard : { IP: () => address() ?? "127.0.0.1" };
  return {
    get: (what: string, from?: string) => {
      if (platform === "esp32" && from === "ap") return undefined;
      return Object.hasOwn(known, what) ? (known as typeof ofBoard)[what]?.() : undefined;
    },
    resolve: (name: string, callback: (name: string, address: string | undefined) => void) => {
      resolveLater(moduleHost, name, (found) => machine.call(() => callback(name, found)));
    },
  };
}

/** The access point's, as no app asks whose it is. */
export const BSSID = "02:00:57:49:FF:01";
