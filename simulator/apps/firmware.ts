import { Device, type DeviceOptions } from "../../src/device/index.js";
import type { App } from "../lan/lan-host.js";
import { tellDeviceEvent } from "../story.js";

/**
 * The device's firmware: gets an address by DHCP, and serves its pages.
 *
 * @example
 * const sensor = lan.host("sensor", { stack: "device", app: firmware() });
 * sensor.app.status.ip;
 */
export function firmware(options: Partial<DeviceOptions> = {}): App<Device> {
  return ({ clock, wallClock, timers, random, storage, memory, log, stack, network }, host) => {
    const device = new Device({
      ...{ clock, wallClock, timers, random, storage, memory, log, network },
      io: stack.io,
      dhcp: network.dhcp,
      platform: "Wirelet simulator",
      ...options,
      onEvent: (event) => {
        options.onEvent?.(event);
        host.tell(tellDeviceEvent(event));
      },
    });
    host.tell({ topic: "link", text: `${network.up ? "up" : "down"}, MAC ${network.mac}` });
    device.start();
    return device;
  };
}
