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
  return new Device({ ...services, ...board, hostName, httpPort, onEvent: eventLog(services.log) });
}

/** What is told of a device. A port that can't be had is tried every few seconds; to read it once is enough. */
function eventLog(log: Log): (event: DeviceEvent) => void {
  let failure: string | undefined;
  return (event) => {
    switch (event.type) {
      case "address-acquired":
        log("info", `address ${event.configuration.address}`);
        return;
      case "address-lost":
        log("warn", `address ${event.previous.address} is lost`);
        return;
      case "http-listening":
        failure = undefined;
        log("info", `serving ${event.url}`);
        return;
      case "http-failed": {
        const why = event.error?.message ?? "the platform does not say why";
        log(why === failure ? "debug" : "error", `can't serve on port ${event.port}: ${why}`);
        failure = why;
        return;
      }
      case "dhcp":
    }
  };
}
