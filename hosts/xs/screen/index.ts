import Poco from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import qrCode from "qrcode";
import Resource from "Resource";
import type { Device } from "wirelet/device/index";
import type { XsServices } from "../services.js";
import { DISPLAY_LIST_LENGTH, type CanvasOptions } from "./canvas.js";
import { DeviceScreen } from "./device-screen.js";
import { drawOnChange } from "./draw-on-change.js";
import type { SetupContents } from "./setup-contents.js";
import { SetupScreen } from "./setup-screen.js";

/** The largest kind of QR code for a URL: it holds 42 bytes, and the longest one, with ":65535", has 29. */
const MAX_URL_VERSION = 3;

/** The largest for joining a network: it holds 180 bytes, and a password of 63 characters that are all escaped makes 176. */
const MAX_JOINING_VERSION = 9;

/**
 * Shows on the board's screen what the device is and where its page can be found. The SDK has set the screen up before main
 * runs.
 */
export function showDevice(device: Device, { timers, log }: Pick<XsServices, "timers" | "log">): void {
  const options = canvasOptions(log, MAX_URL_VERSION);
  if (options === undefined) return;
  const display = new DeviceScreen(options);
  drawOnChange({ device, timers, log, draw: (contents) => display.show(contents) });
}

/** Shows what to do in set-up mode, each time that it is called. */
export function showSetup({ log }: Pick<XsServices, "log">): (contents: SetupContents) => void {
  const options = canvasOptions(log, MAX_JOINING_VERSION);
  if (options === undefined) return () => undefined;
  const display = new SetupScreen(options);
  return (contents) => {
    try {
      display.show(contents);
    } catch (error) {
      log("error", `screen: ${String(error)}`);
    }
  };
}

function canvasOptions(log: XsServices["log"], maxVersion: number): CanvasOptions | undefined {
  if (typeof screen === "undefined") {
    log("warn", "screen: the board has none, or it is not set up");
    return undefined;
  }
  return {
    renderer: new Poco(screen, { displayListLength: DISPLAY_LIST_LENGTH }),
    fonts: {
      large: parseBMF(new Resource("OpenSans-Semibold-28.bf4")),
      small: parseBMF(new Resource("OpenSans-Semibold-16.bf4")),
    },
    encode: (text) => qrCode({ input: text, maxVersion }),
  };
}
