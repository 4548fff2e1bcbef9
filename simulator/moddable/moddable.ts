import { dirname, resolve } from "node:path";
import type { App } from "../lan/index.js";
import { ModdableApp } from "./app.js";
import { callerFile } from "./build/locations.js";
import { Program } from "./build/program.js";
import { PLATFORM_MODULES, type ModdablePlatform } from "./modules/index.js";
import { LWIP_MTU, LWIP_TUNING } from "./platform/index.js";
import type { AirNetwork } from "./platform/radio.js";

export interface ModdableOptions {
  /** Where it runs: what its sockets do, and which modules there are, is as there. Absent: "esp32". */
  readonly platform?: ModdablePlatform;
  /** `mc/config`, on top of what the app's manifest says: as values on mcconfig's command line. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * Modules in the place of those that the app imports: a file, named from the test's folder; a class or function, which is
   * the module's default export; or an object with all its exports.
   */
  readonly modules?: Readonly<Record<string, unknown>>;
  /** The Wi-Fi networks in reach of an ESP32. Absent: any that the app asks for. */
  readonly air?: readonly AirNetwork[];
  /** Addresses, or hosts of the LAN, by the names that the app has for them. The LAN's hosts are found by their own. */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * What becomes of an exception that the app does not catch. Absent: "throw", at whoever moves the time. "restart": the host
   * restarts, as a board does.
   */
  readonly onAbort?: "throw" | "restart";
  /** The folder of the Moddable SDK. Absent: what the environment variable MODDABLE says, if it is set. */
  readonly sdk?: string;
}

/**
 * An app that was written for Moddable, as an app of simulated hosts. It is built by this call, and runs anew each time that
 * the host is switched on: with modules, globals and built-ins of its own, on virtual time and the simulation's seed.
 *
 * @param entry its main module, its manifest.json, or the folder of it; a relative path begins at the calling file
 * @returns `lan.host(…).app` is then a ModdableApp
 * @throws Error if a module is missing or cannot be compiled
 * @example
 * const app = moddable("./app/main.ts", { config: { ssid: "home", broker: "192.168.1.5" } });
 * const sensor = lan.host("sensor", { app });
 * await lan.until(() => sensor.app.log.includes("connected"));
 */
export function moddable(entry: string, options: ModdableOptions = {}): App<ModdableApp> {
  const { platform = "esp32", modules = {}, air, names = {}, onAbort = "throw" } = options;
  const folder = dirname(callerFile(1));
  const program = new Program({
    entry: resolve(folder, entry),
    platform: platform === "esp32" ? "esp32" : "lin",
    platformModules: PLATFORM_MODULES,
    modules,
    folder,
    moddable: options.sdk ?? (process.env["MODDABLE"] || undefined),
  });
  const config = JSON.stringify({ ...program.manifest?.config, ...options.config });
  const app: App<ModdableApp> = (machine, host) =>
    new ModdableApp({ program, platform, config, air, names, onAbort }, machine, host);
  const board = { stack: { profile: "device", tcp: LWIP_TUNING }, link: { mtu: LWIP_MTU } } as const;
  return platform === "esp32" ? Object.assign(app, { board }) : app;
}
