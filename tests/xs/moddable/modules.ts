import { call, register, time, unregister, type NativeObject } from "./bridge.js";

declare global {
  /** What the manifest and mcconfig's command line say. */
  var mcConfig: Readonly<Record<string, unknown>>;
}

/** `mc/config`. */
export const config = globalThis.mcConfig;

/** `time`. */
export const Time = Object.freeze({
  /** 32 bits and signed, as on ESP32. */
  get ticks(): number {
    return time.now | 0;
  },
});

/** `net`. */
export const Net = Object.freeze({
  get: (what: string, from?: string) => call("net", "get", what, from),
});

/** `preference`. */
export const Preference = Object.freeze({
  get: (domain: string, key: string) => call("preference", "get", domain, key),
  set: (domain: string, key: string, value: unknown) => call("preference", "set", domain, key, value),
  delete: (domain: string, key: string) => call("preference", "delete", domain, key),
});

/** `instrumentation`: a build without `-i` has no figures. */
export const Instrumentation = Object.freeze({ map: () => undefined, get: () => undefined });

/** A search for access points, which calls back when it is over. */
class Search<Found> implements NativeObject {
  readonly id: number;
  readonly #done: (found: readonly Found[]) => void;

  constructor(radio: string, done: (found: readonly Found[]) => void) {
    this.#done = done;
    this.id = register(this);
    call(radio, "scan", this.id);
  }

  happened(): void {
    unregister(this);
    this.#done(call("wifi", "found") as Found[]);
  }
}

interface InterfaceOptions {
  readonly onChanged?: (this: object, what: string) => void;
}

interface Found {
  readonly SSID: string;
  readonly RSSI: number;
  readonly security: string;
}

interface ScanOptions {
  readonly onFound: (network: Found) => void;
  readonly onComplete?: () => void;
}

/** What the interfaces have in common; which one it is says the class. */
abstract class NativeInterface implements NativeObject {
  readonly #onChanged: InterfaceOptions["onChanged"];

  constructor({ onChanged }: InterfaceOptions) {
    this.#onChanged = onChanged;
    call(this.nativeName(), "new", register(this));
  }

  protected abstract nativeName(): string;

  get connection(): unknown {
    return call(this.nativeName(), "get", "connection");
  }

  get address(): unknown {
    return call(this.nativeName(), "get", "address");
  }

  get MAC(): unknown {
    return call(this.nativeName(), "get", "MAC");
  }

  connect(options?: object): void {
    call(this.nativeName(), "connect", options);
  }

  configure(options: object): void {
    call(this.nativeName(), "configure", options);
  }

  happened(): void {
    this.#onChanged?.("connection");
  }
}

/** `embedded:network/interface/ethernet`. */
export class Ethernet extends NativeInterface {
  protected nativeName(): string {
    return "ethernet";
  }
}

/** `embedded:network/interface/wifi`. */
export class WiFi extends NativeInterface {
  protected nativeName(): string {
    return "wifi";
  }

  disconnect(): void {
    call("wifi", "disconnect");
  }

  scan({ onFound, onComplete }: ScanOptions): void {
    new Search<Found>("wifi", (found) => {
      for (const network of found) onFound(network);
      onComplete?.();
    });
  }
}

interface LegacyFound {
  readonly ssid: string;
  readonly rssi: number;
  readonly authentication: string;
}

/** `wifi`, which can be an access point. */
export const AccessPointWiFi = Object.freeze({
  scan: (_: object, callback: (found: LegacyFound | null) => void) => {
    new Search<Found>("accessPoint", (found) => {
      for (const { SSID: ssid, RSSI: rssi, security: authentication } of found)
        callback({ ssid, rssi, authentication });
      callback(null);
    });
  },
  accessPoint: (options: object) => call("accessPoint", "open", options),
});
