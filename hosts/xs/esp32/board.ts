import Preference from "preference";
import { PAGE_LIMITS, type Device } from "wirelet/device/index";
import { keepWhatEndsIt } from "../abort-hook.js";
import { CrashReport } from "../crash-report.js";
import { createFirmware } from "../firmware.js";
import { limitLog } from "../log.js";
import { createNativeIo } from "../native-io.js";
import { createServices, type XsServices } from "../services.js";
import { readSettings, type Settings } from "../settings.js";
import { StaticAddress } from "./static-address.js";
import { createDhcpLink } from "./create-dhcp-link.js";
import type { LwipInterface } from "./lwip-interface.js";
import { PreferenceStorage } from "../storage.js";

/** What the firmware on an ESP32 has before it has a network. */
export interface Esp32 {
  readonly services: XsServices;
  readonly settings: Settings;
  readonly storage: PreferenceStorage;
  readonly crash: CrashReport;
}

/** Runs what starts an ESP32. What it throws is an error of the settings or the board: the log says so, and nothing runs. */
export function boot(config: Readonly<Record<string, unknown>>, start: (esp32: Esp32) => void): void {
  const services = createServices();
  try {
    const settings = readSettings(config);
    const log = limitLog(services.log, settings.log);
    const storage = new PreferenceStorage(Preference);
    const crash = new CrashReport(storage);
    keepWhatEndsIt(crash);
    start({ services: { ...services, log }, settings, storage, crash });
  } catch (error) {
    // Uncaught, it would restart the chip again and again, and a release build would not say why.
    services.log("error", String(error));
  }
}

/** The firmware on an interface, with the address that the settings ask for; not started yet. */
export function createEsp32Firmware(
  { services, settings, storage, crash }: Esp32,
  network: LwipInterface,
): Device {
  const { addressing, ipv4 } = settings;
  const io = createNativeIo(services.timers, "esp32");
  const link = addressing === "platform" ? undefined : createDhcpLink({ ...services, io, network });
  const lastError = crash.load(services.timers);
  if (lastError !== undefined) services.log("warn", `the last run ended with: ${lastError}`);
  const firmware = createFirmware(
    services,
    {
      platform: "ESP32",
      io,
      network,
      dhcp: addressing === "own" ? link : undefined,
      storage,
      lastError,
      isStatic: ipv4 !== undefined,
      httpLimits: PAGE_LIMITS,
    },
    settings,
  );
  const { hostName } = firmware;
  if (link !== undefined && ipv4 !== undefined)
    new StaticAddress({ ...services, network, link, hostName }, ipv4).start();
  return firmware;
}
