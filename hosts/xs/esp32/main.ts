import WiFi from "embedded:network/interface/wifi";
import config from "mc/config";
import Net from "net";
import Preference from "preference";
import { showDevice } from "wirelet/hosts/xs/display";
import { createFirmware, type Board } from "../firmware.js";
import { createNativeIo } from "../native-io.js";
import { createServices } from "../services.js";
import { readSettings } from "../settings.js";
import { LwipDhcpLink } from "./dhcp-link.js";
import { NativeLink } from "./native-link.js";
import { PreferenceStorage } from "./storage.js";
import { WifiInterface } from "./wifi-interface.js";

const services = createServices();
const { clock, log, random, timers } = services;

try {
  const settings = readSettings(config);
  const { dhcp, ssid, password } = settings;
  const network = new WifiInterface({ wifi: WiFi, dhcp, dns: () => Net.get("DNS"), timers, log });
  const board: Board = {
    platform: "ESP32",
    io: createNativeIo(timers, "esp32"),
    network,
    dhcp:
      dhcp === "wirelet"
        ? new LwipDhcpLink({ native: NativeLink, network, clock, timers, random })
        : undefined,
    storage: new PreferenceStorage(Preference),
  };
  const firmware = createFirmware(services, board, settings);
  firmware.start();
  showDevice(firmware, services);
  if (ssid === undefined) log("error", "no Wi-Fi network: build with ssid=… password=…");
  else network.connect(ssid, password, firmware.hostName);
} catch (error) {
  // Uncaught, it would restart the chip, and a release build would not say why.
  log("error", String(error));
}
