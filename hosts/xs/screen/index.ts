import Poco from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import qrCode from "qrcode";
import Resource from "Resource";
import type { Device } from "wirelet/device/index";
import type { XsServices } from "../services.js";
import { DeviceScreen, DISPLAY_LIST_LENGTH } from "./device-screen.js";
import { drawOnChange } from "./draw-on-change.js";

/** The largest kind of QR code: it holds 42 bytes, and the longest URL, with ":65535", has 29. */
const MAX_QR_VERSION = 3;

/**
 * Shows on the board's screen what the device is and where its page can be found. The SDK has set the screen up before main
 * runs.
 */
export function showDevice(device: Device, { timers, log }: Pick<XsServices, "timers" | "log">): void {
  if (typeof screen === "undefined") return log("warn", "screen: the board has none, or it is not set up");
  const display = new DeviceScreen({
    renderer: new Poco(screen, { displayListLength: DISPLAY_LIST_LENGTH }),
    fonts: {
      large: parseBMF(new Resource("OpenSans-Semibold-28.bf4")),
      small: parseBMF(new Resource("OpenSans-Semibold-16.bf4")),
    },
    encode: (text) => qrCode({ input: text, maxVersion: MAX_QR_VERSION }),
  });
  drawOnChange({ device, timers, log, draw: (contents) => display.show(contents) });
}
