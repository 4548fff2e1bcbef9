import { DEFAULT_RSSI, type AirNetwork, type Radio, type StaticAddress } from "../platform/radio.js";
import type { NativeClass } from "../engine/expose.js";
import { callbackOf, closedError } from "../platform/options.js";
import type { ModuleHost } from "./module-host.js";
import { BSSID } from "./net.js";

interface WiFiOptions {
  readonly onChanged?: (this: object, what: "connection" | "address") => void;
}

interface ConnectOptions {
  readonly SSID?: unknown;
  readonly password?: unknown;
}

interface ScanOptions {
  readonly onFound?: (this: object, network: object) => void;
  readonly onComplete?: (this: object) => void;
}

interface Configuration {
  readonly hostname?: unknown;
  readonly static?: StaticAddress | false;
}

/** `embedded:network/interface/wifi` on ESP32, as read from SDK 8.2.3: each object keeps what it was told. */
export function createWifiInterface({ host, machine, realm }: ModuleHost, radio: Radio): NativeClass {
  return class WiFi {
    readonly #onChanged: WiFiOptions["onChanged"];
    #connection: 200 | 300 | 400 | 500 = 200;
    #address: string | undefined;
    #unwatch: (() => void) | undefined;

    constructor(options: WiFiOptions) {
      this.#onChanged = callbackOf(options.onChanged);
      radio.start();
      this.#look();
      this.#unwatch = radio.watch(() => this.#tell());
    }

    get connection(): number {
      return this.#open().#connection;
    }

    get address(): string | undefined {
      this.#open();
      return radio.address;
    }

    get MAC(): string {
      this.#open();
      return host.mac.toString().toLowerCase();
    }

    get SSID(): string | undefined {
      this.#open();
      return radio.network?.ssid;
    }

    get BSSID(): string | undefined {
      this.#open();
      return radio.isAssociated ? BSSID.toLowerCase() : undefined;
    }

    get RSSI(): number | undefined {
      this.#open();
      return radio.network && (radio.network.rssi ?? DEFAULT_RSSI);
    }

    get channel(): number | undefined {
      this.#open();
      return radio.network && (radio.network.channel ?? 1);
    }

    connect({ SSID, password }: ConnectOptions): void {
      this.#open();
      if (this.#connection === 300) throw new Error("already connecting");
      if (SSID === undefined) throw new Error("SSID required");
      radio.connect(String(SSID), password === undefined ? undefined : String(password));
      this.#connection = 300;
    }

    disconnect(): void {
      this.#open();
      radio.disconnect();
      this.#connection = 200;
      this.#address = undefined;
    }

    configure({ hostname, static: address }: Configuration): void {
      this.#open();
      if (hostname !== undefined) radio.hostname = String(hostname);
      if (address !== undefined) radio.setStatic(address === false ? undefined : address);
    }

    scan({ onFound, onComplete }: ScanOptions): void {
      this.#open();
      if (onFound === undefined) throw new Error("onFound required");
      const done = (found: readonly AirNetwork[]): void => {
        if (this.#unwatch === undefined) return;
        for (const network of found) machine.call(() => onFound.call(this, realm.give(describe(network))));
        machine.call(() => onComplete?.call(this));
      };
      if (!radio.scan(done)) throw new Error("already scanning");
    }

    close(): void {
      this.#unwatch?.();
      this.#unwatch = undefined;
    }

    #look(): void {
      if (radio.isReady) this.#connection = 500;
      else if (radio.isAssociated) this.#connection = 400;
      else this.#connection = radio.isConnecting ? 300 : 200;
      this.#address = radio.address;
    }

    #tell(): void {
      if (this.#unwatch === undefined) return;
      const [connection, address] = [this.#connection, this.#address];
      this.#look();
      if (connection !== this.#connection) machine.call(() => this.#onChanged?.call(this, "connection"));
      // A callback may have closed it.
      if (this.#unwatch === undefined || this.#address === undefined || this.#address === address) return;
      machine.call(() => this.#onChanged?.call(this, "address"));
    }

    #open(): this {
      machine.check();
      if (this.#unwatch === undefined) throw closedError();
      return this;
    }
  };
}

function describe({ ssid, password, rssi, channel }: AirNetwork): object {
  const security = password === undefined ? "none" : "wpa2_psk";
  return {
    SSID: ssid,
    BSSID: BSSID.toLowerCase(),
    RSSI: rssi ?? DEFAULT_RSSI,
    channel: channel ?? 1,
    security,
  };
}
