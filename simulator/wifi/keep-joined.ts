import type { Timers } from "../../src/host/index.js";
import type { Telling } from "../story.js";
import type { JoinFailure, LossReason, Radio, RadioEvent, WifiNetwork } from "./radio.js";

/** Between an attempt that has failed, or a network that is lost, and the next attempt, in ms. */
export const REJOIN_INTERVAL = 1_000;

/**
 * Has a radio join a network, and join it again whenever that fails or the network is lost, as an operating system does, until
 * somebody has it leave.
 *
 * @param timers the host's
 */
export function keepJoined(timers: Timers, radio: Radio, ssid: string, password?: string): void {
  const end = radio.watch((event) => {
    if (event.type === "lost" && event.reason === "left") end();
    else if (event.type === "failed" || event.type === "lost")
      timers.set(() => {
        if (!radio.isJoining && !radio.hasJoined) radio.connect(ssid, password);
      }, REJOIN_INTERVAL);
  });
  radio.connect(ssid, password);
}

const FAILURES: Readonly<Record<JoinFailure, string>> = Object.freeze({
  "no-such-network": "it is not in reach",
  "wrong-password": "the password is wrong",
  full: "the access point takes no more stations",
  "out-of-range": "the access point does not answer",
});

const LOSSES: Readonly<Record<LossReason, string>> = Object.freeze({
  "no-beacons": "the access point is not heard any more",
  dismissed: "the access point has sent it away",
  left: "it has left",
});

/** What happens to a radio, as a person would tell it. */
export function tellRadioEvent(event: RadioEvent): Telling {
  return { topic: "Wi-Fi", text: describeEvent(event) };
}

function describeEvent(event: RadioEvent): string {
  switch (event.type) {
    case "joined":
      return `joined ${describe(event.network)}`;
    case "roamed":
      return `changed over to ${describe(event.network)}`;
    case "failed":
      return `cannot join ${event.ssid}: ${FAILURES[event.reason]}`;
    case "lost":
      return `out of ${event.ssid}: ${LOSSES[event.reason]}`;
  }
}

function describe({ ssid, bssid, channel, rssi }: WifiNetwork): string {
  return `${ssid} at ${bssid}, channel ${channel}, ${rssi} dBm`;
}
