import type { Device } from "wirelet/device/index";
import type { SetupContents } from "../screen/setup-contents.js";
import type { XsServices } from "../services.js";

/** For boards without a screen, for which nothing is linked: the page tells it all. */
export const showDevice: (device: Device, services: Pick<XsServices, "timers" | "log">) => void = () =>
  undefined;

/** The log tells it. */
export const showSetup: (services: Pick<XsServices, "log">) => (contents: SetupContents) => void = () => () =>
  undefined;
