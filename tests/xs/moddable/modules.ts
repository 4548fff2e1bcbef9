import { call, register, time, type NativeObject } from "./bridge.js";

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
export const Net = Object.freeze({ get: (what: string) => call("net", "get", what) });

/** `preference`. */
export const Preference = Object.freeze({
  get: (domain: string, key: string) => call("preference", "get", domain, key),
  set: (domain: string, key: string, value: unknown) => call("preference", "set", domain, key, value),
  delete: (domain: string, key: string) => call("preference", "delete", domain, key),
});

/** `instrumentation`: a build without `-i` has no figures. */
export const Instrumentation = Object.freeze({ map: () => undefined, get: () => undefined });

interface WiFiOptions {
  readonly onChanged?: (this: object, what: string) => void;
}

/** `embedded:network/interface/wifi`. */
export class WiFi implements NativeObject {
  readonly #onChanged: WiFiOptions["onChanged"];

  constructor({ onChanged }: WiFiOptions) {
    this.#onChanged = onChanged;
    call("wifi", "new", register(this));
  }

  get connection(): unknown {
    return call("wifi", "get", "connection");
  }

  get address(): unknown {
    return call("wifi", "get", "address");
  }

  get MAC(): unknown {
    return call("wifi", "get", "MAC");
  }

  connect(options: object): void {
    call("wifi", "connect", options);
  }

  disconnect(): void {
    call("wifi", "disconnect");
  }

  configure(options: object): void {
    call("wifi", "configure", options);
  }

  happened(): void {
    this.#onChanged?.("connection");
  }
}
