import { quotedName } from "wirelet/device/setup/index";
import type { TimerHandle } from "wirelet/host/index";
import { LINKED, LwipInterface, type LwipInterfaceOptions, type NativeInterface } from "./lwip-interface.js";
import { diagnose, type FoundNetwork } from "./wifi-diagnosis.js";

/** `embedded:network/interface/wifi`: 200 unconnected, 300 connecting, then as all interfaces. */
export interface NativeWifi extends NativeInterface {
  /** @throws while it is connecting */
  connect(options: WifiCredentials): void;
  /** Nothing is told of it, and it may be called at any time. */
  disconnect(): void;
  /** @throws while it is scanning, or connecting */
  scan(options: { onFound: (network: FoundNetwork) => void; onComplete: () => void }): void;
}

interface WifiCredentials {
  readonly SSID: string;
  readonly password?: string;
}

type WifiState = "idle" | "connecting" | "connected" | "diagnosing" | "waiting";

/** How long until the station tries again, in ms: doubled each time, since a wrong password never gets right. */
export const FIRST_RETRY_DELAY = 1_000;
export const LAST_RETRY_DELAY = 60_000;

/** How long an attempt may take, in ms: ESP-IDF's scan and its handshakes take up to about ten seconds. */
export const CONNECT_TIME_LIMIT = 30_000;

/** How long a scan may take until it is taken for one that does not end, in ms: ESP-IDF's takes two seconds. */
export const SCAN_TIME_LIMIT = 15_000;

/** How long a network may stay away, from the start on, until the device asks a person which one to use, in ms. */
export const HOPELESS_AFTER = 180_000;

export interface WifiInterfaceOptions extends LwipInterfaceOptions {
  readonly wifi: new (options: { onChanged: () => void }) => NativeWifi;
  /**
   * Called once, with the reason, if `HOPELESS_AFTER` has passed without any connection since the start. One that was there
   * once comes back some day, and its credentials are right.
   */
  readonly onHopeless?: (reason: string) => void;
}

/**
 * ESP32's Wi-Fi station. Unlike the SDK's start-up it says when it does not get through, and connects again whenever the
 * connection is lost. The SDK does not pass on ESP-IDF's reason for a disconnection, so the station looks which networks
 * there are, and concludes.
 */
export class WifiInterface extends LwipInterface {
  readonly name = "wlan0";
  readonly #wifi: NativeWifi;
  readonly #onHopeless: ((reason: string) => void) | undefined;
  #network: WifiCredentials | undefined;
  #state: WifiState = "idle";
  #hasConnected = false;
  #retryDelay = FIRST_RETRY_DELAY;
  /** What the state ends with if nothing else ends it. */
  #timer: TimerHandle;
  #hopeTimer: TimerHandle;
  /** Why the last attempt failed, until one has not. */
  #reason = "";

  /** Turns the radio on. @throws NetworkError EINVAL if it has no MAC address */
  constructor(options: WifiInterfaceOptions) {
    const wifi = new options.wifi({ onChanged: () => this.onChange() });
    super(wifi, options);
    this.#wifi = wifi;
    this.#onHopeless = options.onHopeless;
  }

  /** Connects, again and again. @param hostName what the network's DHCP server is told */
  connect(ssid: string, password: string | undefined, hostName: string): void {
    const { timers } = this.options;
    this.#network = password === undefined ? { SSID: ssid } : { SSID: ssid, password };
    this.#wifi.configure({ hostname: hostName });
    this.#hopeTimer = timers.set(() => this.#onHopeless?.(this.#reason), HOPELESS_AFTER);
    this.attempt();
  }

  protected get label(): string {
    return `Wi-Fi: ${this.ssid}`;
  }

  private get ssid(): string {
    return quotedName(this.#network?.SSID ?? "");
  }

  private attempt(): void {
    try {
      this.#wifi.connect(this.#network!);
      this.become("connecting", CONNECT_TIME_LIMIT, () => {
        this.#wifi.disconnect();
        this.failed("the access point does not answer");
      });
    } catch (error) {
      this.#wifi.disconnect();
      this.failed(`the radio refuses: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private onChange(): void {
    const { connection } = this.#wifi;
    if (connection >= LINKED) {
      if (this.#state !== "connected") this.connected();
    } else if (this.#state === "connected") {
      this.failed("the connection is lost");
    } else if (this.#state === "connecting" && connection < 300) {
      this.diagnose();
    }
    this.changed();
  }

  private connected(): void {
    this.options.timers.clear(this.#timer);
    this.options.timers.clear(this.#hopeTimer);
    // Measured: a handle that is kept keeps its callback.
    this.#timer = this.#hopeTimer = undefined;
    this.#state = "connected";
    this.#hasConnected = true;
    this.#reason = "";
    this.#retryDelay = FIRST_RETRY_DELAY;
    this.options.log("info", `Wi-Fi: connected to ${this.ssid}`);
  }

  /** Finds out why the attempt failed. */
  private diagnose(): void {
    const { SSID, password } = this.#network!;
    let best: FoundNetwork | undefined;
    this.become("diagnosing", SCAN_TIME_LIMIT, () => this.failed("the radio does not say why"));
    try {
      this.#wifi.scan({
        onFound: (found) => {
          if (found.SSID === SSID && (best === undefined || found.RSSI > best.RSSI)) best = found;
        },
        onComplete: () => {
          if (this.#state === "diagnosing")
            this.failed(diagnose(best, password !== undefined, this.#hasConnected));
        },
      });
    } catch {
      this.failed("the radio does not say why");
    }
  }

  private failed(reason: string): void {
    const delay = this.#retryDelay;
    this.#retryDelay = Math.min(2 * delay, LAST_RETRY_DELAY);
    // An access point may be away for days, and whoever reads the log wants to see what else was.
    const isNews = reason !== this.#reason;
    this.#reason = reason;
    this.options.log(isNews ? "warn" : "debug", `${this.label}: ${reason}; next try in ${delay / 1000} s`);
    this.become("waiting", delay, () => this.attempt());
  }

  /** @param then what comes next if nothing else happens for so long, in ms */
  private become(state: WifiState, timeLimit: number, then: () => void): void {
    const { timers } = this.options;
    timers.clear(this.#timer);
    this.#state = state;
    this.#timer = timers.set(then, timeLimit);
  }
}
