import type { TcpTuning } from "../../options.js";
import type { CongestionControl } from "./control.js";
import { Cubic } from "./cubic.js";
import { HyStart } from "./hystart.js";
import { NewReno } from "./new-reno.js";

/** Ethernet's MSS. Of larger segments fewer make up the initial window, though two at least (RFC 6928 §2, RFC 3390 §1). */
const INITIAL_WINDOW_MSS = 1460;

/** Segments that may go while nothing is known of the path: fewer than the option says if they are large. */
export function initialWindowFor({ initialWindow }: TcpTuning, mss: number): number {
  const fitting = Math.floor((initialWindow * INITIAL_WINDOW_MSS) / mss);
  return Math.min(initialWindow, Math.max(2, fitting));
}

/** The control that the options name. */
export function newCongestionControl(
  { congestionControl, hyStart }: TcpTuning,
  window: number,
): CongestionControl {
  const exit = hyStart ? new HyStart() : undefined;
  return congestionControl === "cubic" ? new Cubic(window, exit) : new NewReno(window, exit);
}
