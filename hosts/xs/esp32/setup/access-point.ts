import type { Log, Timers } from "wirelet/host/index";
import { foundNetwork, type FoundNetwork } from "wirelet/device/setup/index";

/** What a search of the module `wifi` finds: one access point a call. */
export interface NativeAccessPoint {
  /** Whatever bytes are sent over the air, up to a NUL, as if they were text: it is none before it has been looked at. */
  readonly ssid: string;
  readonly rssi: number;
  /** "none" for an open network; absent for kinds that the module has no name for, all of them secured. */
  readonly authentication?: string;
}

/** Moddable's module `wifi`, the only one that can be an access point. */
export interface NativeAccessPointWifi {
  /** Calls back once for each access point heard, then with null, or undefined on the desktop. */
  scan(options: object, callback: (found: NativeAccessPoint | null | undefined) => void): void;
  accessPoint(options: { ssid: string; password?: string; station: boolean }): void;
}

/** How long a search may take, in ms: thirteen channels take it about two seconds. */
export const SEARCH_TIME_LIMIT = 10_000;

/** Access points kept of a search at most; in a dense place there are hundreds, and only the strongest matter. */
export const MAX_FOUND = 64;

export interface AccessPointOptions {
  readonly wifi: NativeAccessPointWifi;
  readonly timers: Timers;
  readonly log: Log;
  /** The bytes of a name. */
  readonly bytesOf: (name: string) => Uint8Array;
}

/** ESP32's radio as an access point that can still search for others. */
export class AccessPoint {
  readonly #options: AccessPointOptions;

  constructor(options: AccessPointOptions) {
    this.#options = options;
  }

  /** Turns the radio on as a station if it is off. @param done called once, with nothing if the search fails */
  search(done: (found: readonly FoundNetwork[]) => void): void {
    const { bytesOf, log, timers, wifi } = this.#options;
    const found: FoundNetwork[] = [];
    let isDone = false;
    const finish = (): void => {
      if (isDone) return;
      isDone = true;
      timers.clear(timer);
      done(found);
    };
    const timer = timers.set(finish, SEARCH_TIME_LIMIT);
    try {
      wifi.scan({}, (network) => {
        if (network === null || network === undefined) finish();
        else if (!isDone && found.length < MAX_FOUND)
          found.push(foundNetwork(bytesOf(network.ssid), network.rssi, network.authentication !== "none"));
      });
    } catch (error) {
      log("warn", `Wi-Fi: no search: ${String(error)}`);
      finish();
    }
  }

  /**
   * Becomes an access point and stays a station, for searches. A search has to have come first: it turns the radio on as a
   * station, and the module would start an access point on a radio that is off before it has made its network interface.
   *
   * @param password 8 bytes or more; undefined for an open network
   */
  open(ssid: string, password: string | undefined): void {
    const network = { ssid, station: true };
    this.#options.wifi.accessPoint(password === undefined ? network : { ...network, password });
  }
}
