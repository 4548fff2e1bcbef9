import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import { Device, type DeviceEvent } from "wirelet/device/index";
import type { Io, Log, NetworkInterface } from "wirelet/host/index";
import { createIo, type NativeIo } from "./io/index.js";
import type { XsServices } from "./services.js";
import type { Settings } from "./settings.js";

/** Moddable's sockets as `src/host` asks for them. */
export function createNativeIo({ timers }: XsServices): Io {
  // The SDK's typings say less than its classes do: see io/native.ts.
  return createIo({ TCP, Listener, UDP } as unknown as NativeIo, timers);
}

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
