import type { Device } from "wirelet/device/index";
import type { Log, Timers } from "wirelet/host/index";
import { contentsOf, type Contents } from "./contents.js";

/** How long changes are gathered before they are drawn, in ms: a browser's requests come together, and drawing delays them. */
export const REDRAW_DELAY = 250;

export interface DrawOnChangeOptions {
  readonly device: Pick<Device, "status" | "httpPort" | "watch">;
  readonly timers: Timers;
  readonly log: Log;
  readonly draw: (contents: Contents) => void;
}

/**
 * Draws soon, and again after each change. A screen that fails is left alone from then on: the device serves its page all
 * the same.
 */
export function drawOnChange({ device, timers, log, draw }: DrawOnChangeOptions): void {
  let waiting = false;
  const redraw = (): void => {
    waiting = false;
    try {
      draw(contentsOf(device.status, device.httpPort));
    } catch (error) {
      unwatch();
      log("error", `screen: ${String(error)}`);
    }
  };
  const onChange = (): void => {
    if (waiting) return;
    waiting = true;
    timers.set(redraw, REDRAW_DELAY);
  };
  const unwatch = device.watch(onChange);
  onChange();
}
