import { Device, type DeviceEvent } from "wirelet/device/index";
import type { DhcpLink, Io, Log, NetworkInterface, Storage } from "wirelet/host/index";
import type { HttpLimits } from "wirelet/http/server/index";
import type { XsServices } from "./services.js";
import type { Settings } from "./settings.js";

/** What differs between Moddable's platforms. */
export interface Board {
  /** For the page. */
  readonly platform: string;
  readonly io: Io;
  readonly network: NetworkInterface;
  /** Where the firmware gets the address itself; absent: the platform does. */
  readonly dhcp?: DhcpLink | undefined;
  /** Where the lease survives a reboot. */
  readonly storage?: Storage | undefined;
  /** Whether a person has set the address. */
  readonly isStatic?: boolean;
  /** Where memory is short. */
  readonly httpLimits?: HttpLimits;
  /** What ended the last run. */
  readonly lastError?: string | undefined;
}

/** The firmware on one of Moddable's platforms; not started yet. */
export function createFirmware(services: XsServices, board: Board, settings: Settings): Device {
  const { hostName, httpPort } = settings;
  const onEvent = (event: DeviceEvent): void => logEvent(services.log, event);
  return new Device({ ...services, ...board, hostName, httpPort, onEvent });
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
