import config from "mc/config";
import Net from "net";
import Preference from "preference";
import { showDevice } from "wirelet/hosts/xs/display";
import { keepWhatEndsIt } from "../abort-hook.js";
import { CrashReport } from "../crash-report.js";
import { createFirmware } from "../firmware.js";
import { limitLog } from "../log.js";
import { createNativeIo } from "../native-io.js";
import { createServices } from "../services.js";
import { readSettings } from "../settings.js";
import { PreferenceStorage } from "../storage.js";
import { DesktopInterface } from "./desktop-interface.js";
import { waitForPort } from "./port-check.js";

/** Starts the firmware in the SDK's simulator on a computer. */
export function start(): void {
  const services = createServices();
  const { timers } = services;

  try {
    const settings = readSettings(config);
    const { addressing, httpPort } = settings;
    const log = limitLog(services.log, settings.log);
    const crash = new CrashReport(new PreferenceStorage(Preference));
    keepWhatEndsIt(crash);
    if (addressing !== "platform")
      log("warn", "the simulator has the computer's address: dhcp and static do nothing");
    const io = createNativeIo(timers, "desktop");
    const network = new DesktopInterface(() => Net.get("IP"), httpPort);
    const board = { platform: "Moddable simulator", io, network, lastError: crash.load(timers) };
    const firmware = createFirmware({ ...services, log }, board, settings);
    showDevice(firmware, { timers, log });
    const onTaken = (): void =>
      log("warn", `another program has port ${httpPort}; it is tried again (or build with port=…)`);
    waitForPort({ io, timers }, httpPort, () => firmware.start(), onTaken);
  } catch (error) {
    // Uncaught, it would end the machine, and a release build would not say why.
    services.log("error", String(error));
  }
}
