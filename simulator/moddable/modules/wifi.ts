import { DEFAULT_RSSI, type AirNetwork, type RadioEvent } from "../platform/radio.js";
import type { NativeClass } from "../engine/expose.js";
import type { ModuleHost } from "./module-host.js";

type Notify = (message: string, reason?: number) => void;

interface Network {
  readonly ssid?: unknown;
  readonly password?: unknown;
}

const MESSAGES: Readonly<Record<RadioEvent, string>> = Object.freeze({
  start: "start",
  connected: "connect",
  disconnected: "disconnect",
  addressed: "gotIP",
});

/** How often the platform tries to associate by itself before it says that it cannot. */
const RETRIES = 5;

const MODES = Object.freeze({ none: 0, station: 1, accessPoint: 2 });

/**
 * The legacy module `wifi` on ESP32, as read from SDK 8.2.3. In the desktop simulator the module pretends to have a radio,
 * and the host has its network in any case.
 */
export function createWifi({ host, machine, radio, realm, platform }: ModuleHost): NativeClass {
  let mode = 0;
  let wanted: { readonly ssid: string; readonly password: string | undefined } | undefined;
  let retries = 0;
  const listeners = new Map<object, Notify>();
  const tell = (message: string, ...reason: [] | [number]): void => {
    for (const [wifi, notify] of [...listeners]) {
      if (listeners.get(wifi) === notify) machine.call(() => notify.call(wifi, message, ...reason));
    }
  };

  const connect = (): void => {
    if (wanted !== undefined) radio?.connect(wanted.ssid, wanted.password);
  };

  radio?.watch((event) => {
    if (event === "connected") retries = 0;
    if (event === "disconnected" && wanted !== undefined && retries > 0) {
      retries--;
      connect();
      return;
    }
    if (event === "disconnected") tell(MESSAGES[event], 0);
    else tell(MESSAGES[event]);
  });

  class WiFi {
    static readonly Mode = realm.give(MODES);
    static readonly gotIP = "gotIP";
    static readonly lostIP = "lostIP";
    static readonly connected = "connect";
    static readonly disconnected = "disconnect";

    constructor(network?: Network, onNotify?: Notify) {
      if (network !== undefined) WiFi.connect(network);
      if (onNotify !== undefined) this.onNotify = onNotify;
    }

    set onNotify(notify: Notify | undefined) {
      if (notify === undefined) listeners.delete(this);
      else listeners.set(this, notify);
    }

    close(): void {
      listeners.delete(this);
    }

    static get mode(): number {
      return mode;
    }

    static set mode(value: number) {
      if (![0, 1, 2, 3].includes(value)) throw new Error("invalid mode");
      mode = value;
      if (value === 0) WiFi.disconnect();
      else radio?.start();
    }

    /** @param network absent: leaves the network that it is in */
    static connect(network?: Network): void {
      wanted = undefined;
      if (platform === "simulator") return pretend(network);
      if (network === undefined) return radio?.disconnect();
      const { ssid, password } = network;
      if (!ssid) throw new Error("ssid required");
      if (mode === 0) mode = MODES.station;
      wanted = { ssid: check(String(ssid), 32, "ssid"), password: undefined };
      if (password) wanted = { ...wanted, password: check(String(password), 64, "password") };
      retries = RETRIES;
      connect();
    }

    static disconnect(): void {
      WiFi.connect();
    }

    static close(): never {
      throw new Error("use WiFi.disconnect()");
    }

    static scan(options: object, callback: (found: object | null) => void): void {
      const done = (found: readonly AirNetwork[]): void => {
        for (const network of found) machine.call(() => callback(realm.give(describe(network))));
        machine.call(() => callback(null));
      };
      if (radio?.scan(done) === false) throw new Error("already scanning");
    }

    static accessPoint(): never {
      throw new Error("a simulated host has no access point in its radio");
    }
  }

  /** What the SDK's desktop simulator does: a message a second. */
  const pretend = (network: Network | undefined): void => {
    const messages = network === undefined ? ["disconnect"] : ["connect", "gotIP"];
    for (const [index, message] of messages.entries()) {
      machine.after((index + 1) * 1000, () => {
        if (message === "gotIP" && host.network.ipv4 === undefined) return;
        tell(message);
      });
    }
  };

  return WiFi;
}

function check(text: string, limit: number, what: string): string {
  if (new TextEncoder().encode(text).length > limit) throw new Error(`${what} too long - ${limit} bytes max`);
  return text;
}

function describe({ ssid, password, rssi, channel }: AirNetwork): object {
  const authentication = password === undefined ? "none" : "wpa2_psk";
  return { ssid, rssi: rssi ?? DEFAULT_RSSI, channel: channel ?? 1, hidden: false, authentication };
}
