/// <reference types="@moddable/typings/xs" />
/// <reference types="@moddable/typings/mc/config" />
/// <reference types="@moddable/typings/net" />
/// <reference types="@moddable/typings/preference" />
/// <reference types="@moddable/typings/Resource" />
/// <reference types="@moddable/typings/time" />
/// <reference types="@moddable/typings/timer" />
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an import would make a module of it, and its declarations local
/// <reference path="./embedded.d.ts" />

/**
 * What an app for Moddable is checked against on a computer that has no Moddable SDK: `"types": ["wirelet/moddable"]` in its
 * tsconfig, and `@moddable/typings` beside it. That package is older than the SDK. Its sockets can't be closed, and give no number
 * of bytes: ECMA-419's classes from embedded.d.ts are in their place. It has no interface of Wi-Fi, which is here.
 */

declare module "wirelet/moddable" {
  import type {
    Clock,
    DecodeLatin1,
    EncodeUtf8,
    Io,
    Log,
    MemoryReporter,
    Random,
    Timers,
    WallClock,
  } from "wirelet/host";

  /** All that the rooms ask of a host. */
  export interface ModdableHost {
    readonly io: Io;
    readonly clock: Clock;
    readonly wallClock: WallClock;
    readonly timers: Timers;
    readonly random: Random;
    readonly memory: MemoryReporter;
    readonly log: Log;
    readonly encode: EncodeUtf8;
    readonly decode: DecodeLatin1;
  }

  /** Moddable's sockets, timers, clocks, randomness and log. To be called once, when the app runs. */
  export function moddableHost(): ModdableHost;
}

/** On ESP32 only: on a simulator, a manifest that names it can't be built. */
declare module "embedded:network/interface/wifi" {
  interface StaticAddress {
    readonly address: string;
    readonly mask: string;
    readonly gateway: string;
  }

  export default class WiFi {
    constructor(options: { onChanged?: (what: "connection" | "address") => void });
    /** 200 is off, 300 connecting, 400 associated, 500 with an IPv4 and an IPv6 link-local address. */
    readonly connection: number;
    readonly address: string | undefined;
    readonly MAC: string | undefined;
    readonly SSID: string | undefined;
    readonly RSSI: number | undefined;
    connect(options: { SSID: string; password?: string }): void;
    disconnect(): void;
    /** A static address stops lwIP's DHCP client; false starts it again. */
    configure(options: { hostname?: string; static?: StaticAddress | false }): void;
    close(): void;
  }
}
