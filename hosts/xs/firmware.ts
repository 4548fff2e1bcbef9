import { Device, type DeviceEvent } from "wirelet/device/index";
import type { Io, Log, NetworkInterface } from "wirelet/host/index";
import type { XsServices } from "./services.js";
import type { Settings } from "./settings.js";

/** The firmware on one of Moddable's platforms, which has the address from elsewhere; not started yet. */
export function createFirmware(
  services: XsServices,
  io: Io,
  network: NetworkInterface,
  settings: Settings,
  platform: string,
): Device {
  const { hostName, httpPort } = settings;
  const onEvent = (event: DeviceEvent): void => logEvent(services.log, event);
  return new Device({ ...services, io, network, hostName, httpPort, platform, onEvent });
}

function logEvent(log: Log, event: DeviceEvent): void {
  switch (event.type) {
    case "address-acquired":
      log("info", `address ${event.configuration.address}`);
      return;
    case "address-lost":
      log("warn", `address ${event.previous.address} is lost`);
      return;
    case "http-listening":
      log("info", `serving ${event.url}`);
      return;
    case "http-failed":
      log(
        "error",
        `can't serve on port ${event.port}: ${event.error?.message ?? "the platform does not say why"}`,
      );
      return;
    case "dhcp":
  }
}
