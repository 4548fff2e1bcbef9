import type {
  NativeAccessPoint,
  NativeAccessPointWifi,
} from "../../../../hosts/xs/esp32/setup/access-point.js";
import type { Timers } from "../../../../src/host/index.js";

/** How long a search takes on all channels, in ms. */
const SEARCH_TIME = 2_000;

/** The module `wifi` on ESP32, as read from SDK 8.2.3; what is in the air is the test's. */
export class AccessPointWifi implements NativeAccessPointWifi {
  air: NativeAccessPoint[] = [];
  mode: "off" | "station" | "station and access point" = "off";
  /** The access point's interface is up, and its DHCP server runs. */
  isUp = false;
  refuses = false;
  /** Searches that begin now never end. */
  isStuck = false;
  readonly accessPoints: object[] = [];
  #isSearching = false;

  constructor(readonly timers: Timers) {}

  scan(_: object, callback: (found: NativeAccessPoint | null) => void): void {
    if (this.#isSearching) throw new Error("already scanning");
    if (this.refuses) throw new Error("scan request failed");
    if (this.mode === "off") this.mode = "station";
    this.#isSearching = true;
    if (this.isStuck) return;
    this.timers.set(() => {
      this.#isSearching = false;
      for (const network of this.air) callback(network);
      callback(null);
    }, SEARCH_TIME);
  }

  accessPoint(options: { ssid: string; password?: string; station: boolean }): void {
    const { password, ssid } = options;
    if (Buffer.byteLength(ssid) > 32) throw new Error("ssid too long - 32 bytes max");
    if (password !== undefined && Buffer.byteLength(password) < 8)
      throw new Error("password too short - 8 bytes min");
    this.accessPoints.push(options);
    // From off, the radio's start is told of before there is an interface to bring up.
    this.isUp = this.mode !== "off";
    this.mode = "station and access point";
  }

  /** `Net.get` while the radio is on. */
  get(what: "IP" | "MAC", from: "ap" | "station"): string | undefined {
    if (this.mode === "off") return undefined;
    if (from === "station") return what === "MAC" ? "A4D18CDBC020".replace(/..(?!$)/g, "$&:") : undefined;
    if (!this.isUp) return undefined;
    return what === "IP" ? "192.168.4.1" : "A4:D1:8C:DB:C0:21";
  }
}
