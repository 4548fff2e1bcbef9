import Ethernet from "embedded:network/interface/ethernet";
import config from "mc/config";
import Net from "net";
import { showDevice } from "wirelet/hosts/xs/display";
import { boot, createEsp32Firmware } from "../board.js";
import { EthernetInterface } from "./ethernet-interface.js";

/** Starts the firmware on a cable. */
export function start(): void {
  boot(config, (esp32) => {
    const { services, settings } = esp32;
    const { log, timers } = services;
    const { addressing } = settings;
    const network = new EthernetInterface({ ethernet: Ethernet, addressing, dns: dnsServers, timers, log });
    const firmware = createEsp32Firmware(esp32, network);
    // First: without the driver nothing else of the interface works, and this says so.
    network.connect(firmware.hostName);
    firmware.start();
    showDevice(firmware, services);
  });
}

function dnsServers(): string[] {
  return Net.get("DNS");
}
