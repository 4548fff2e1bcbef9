import WiFi from "embedded:network/interface/wifi";
import config from "mc/config";
import Net from "net";
import {
  NETWORK_PATH,
  NetworkStore,
  networkPages,
  quotedName,
  SetupRequest,
} from "wirelet/device/setup/index";
import { showDevice, showSetup } from "wirelet/hosts/xs/display";
import { createNativeIo } from "../native-io.js";
import { boot, createEsp32Firmware, type Esp32 } from "./board.js";
import { chooseNetwork, type NetworkChoice } from "./network-choice.js";
import { restart, startSetup } from "./setup/index.js";
import { WifiInterface } from "./wifi-interface.js";

/** Starts the firmware on Wi-Fi, or set-up mode. */
export function start(): void {
  boot(config, (esp32) => {
    const { services, settings, storage } = esp32;
    const request = new SetupRequest(storage);
    const { network, reason } = chooseNetwork(settings, new NetworkStore(storage), request, services.log);
    // The radio is either a station of the one module or an access point of the other, until the chip restarts.
    if (network === undefined || reason !== undefined) {
      const io = createNativeIo(services.timers, "esp32");
      const { hostName, setupPassword: password } = settings;
      const hasNetwork = network !== undefined;
      startSetup({
        services,
        io,
        storage,
        reason,
        hasNetwork,
        hostName,
        password,
        show: showSetup(services),
      });
    } else {
      startStation(esp32, network, request);
    }
  });
}

function dnsServers(): string[] {
  return Net.get("DNS");
}

function startStation(
  esp32: Esp32,
  { ssid, password }: NonNullable<NetworkChoice["network"]>,
  request: SetupRequest,
): void {
  const { services, settings, storage } = esp32;
  const { log, random, timers } = services;
  const network = new WifiInterface({
    wifi: WiFi,
    addressing: settings.addressing,
    dns: dnsServers,
    timers,
    log,
    onHopeless(reason) {
      log("warn", `no network: the device restarts into set-up mode (${reason})`);
      request.leave(`The network ${quotedName(ssid)} could not be used: ${reason}.`);
      restart();
    },
  });
  const firmware = createEsp32Firmware(esp32, network);
  const { hostName } = firmware;
  const store = new NetworkStore(storage);
  const authority = (): string | undefined => firmware.authority;
  const pages = { ssid, hostName, authority, random, timers, log, store, request, restart };
  firmware.mount(NETWORK_PATH, networkPages(pages), "Wi-Fi");
  firmware.start();
  showDevice(firmware, services);
  network.connect(ssid, password, hostName);
}
