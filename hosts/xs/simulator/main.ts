import config from "mc/config";
import Net from "net";
import { showDevice } from "wirelet/hosts/xs/display";
import { createFirmware } from "../firmware.js";
import { createNativeIo } from "../native-io.js";
import { createServices } from "../services.js";
import { readSettings } from "../settings.js";
import { DesktopInterface } from "./desktop-interface.js";
import { waitForPort } from "./port-check.js";

const services = createServices();
const { log } = services;

try {
  const settings = readSettings(config);
  const { httpPort } = settings;
  const io = createNativeIo(services.timers, "desktop");
  const network = new DesktopInterface(() => Net.get("IP"), httpPort);
  const firmware = createFirmware(services, { platform: "Moddable simulator", io, network }, settings);
  showDevice(firmware, services);
  const onTaken = (): void =>
    log("warn", `another program has port ${httpPort}; it is tried again (or build with port=…)`);
  waitForPort({ io, timers: services.timers }, httpPort, () => firmware.start(), onTaken);
} catch (error) {
  // Uncaught, it would end the machine, and a release build would not say why.
  log("error", String(error));
}
