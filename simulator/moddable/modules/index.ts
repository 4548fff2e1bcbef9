import type { NativeIo } from "../../../hosts/xs/io/native.js";
import { exposeClass, exposeObject } from "../engine/expose.js";
import type { Namespace } from "../engine/registry.js";
import { base64, digest, logical, textDecoder, textEncoder } from "./data.js";
import { createDevice } from "./device.js";
import type { ModuleHost } from "./module-host.js";
import { createNet } from "./net.js";
import { createPreference } from "./preference.js";
import { createResolver } from "./resolver.js";
import { createSocket } from "./socket.js";
import { createSystem } from "./system.js";
import { createMicroseconds, createTime, type WallTime } from "./time.js";
import { createTimer } from "./timer.js";
import { createWifiInterface } from "./wifi-interface.js";
import { createWifi } from "./wifi.js";

export type { ModdablePlatform, ModuleHost } from "./module-host.js";
export { Preferences, type PreferenceValue } from "./preference.js";
export { WallTime } from "./time.js";

const WIFI_INTERFACE = "embedded:network/interface/wifi";

/** What modules are made of besides what they run on. */
export interface ModuleParts {
  readonly moduleHost: ModuleHost;
  readonly io: NativeIo;
  readonly wallTime: WallTime;
  /** `mc/config`, deeply frozen. */
  readonly config: object;
  /** A module by its name, for `device` and `modules`. */
  readonly load: (specifier: string) => Namespace;
  readonly has: (specifier: string) => boolean;
  readonly restart: () => void;
}

type Factories = Readonly<Record<string, (parts: ModuleParts, modules: PlatformModules) => Namespace>>;

/** The modules that a simulated host has; each is made when it is first asked for. */
const FACTORIES: Factories = Object.freeze({
  "embedded:io/socket/tcp": ({ moduleHost: { realm }, io }) => only(exposeClass(realm, "TCP", io.TCP)),
  "embedded:io/socket/listener": ({ moduleHost: { realm }, io }) =>
    only(exposeClass(realm, "Listener", io.Listener)),
  "embedded:io/socket/udp": ({ moduleHost: { realm }, io }) => only(exposeClass(realm, "UDP", io.UDP)),
  "embedded:network/dns/resolver/udp": ({ moduleHost }) =>
    only(exposeClass(moduleHost.realm, "Resolver", createResolver(moduleHost))),
  [WIFI_INTERFACE]: ({ moduleHost }) => {
    const { radio, realm } = moduleHost;
    if (radio === undefined)
      throw new Error(
        `the desktop simulator has no ${WIFI_INTERFACE}: no app that imports it can be built for it`,
      );
    return only(exposeClass(realm, "WiFi", createWifiInterface(moduleHost, radio)));
  },
  "embedded:provider/builtin": (_, modules) => only(modules.device),
  base64: ({ moduleHost: { realm } }) => only(exposeObject(realm, base64)),
  crypt: ({ moduleHost: { realm } }) => ({ Digest: exposeClass(realm, "Digest", digest) }),
  instrumentation: ({ moduleHost: { realm } }) => only(exposeObject(realm, NO_FIGURES)),
  logical: ({ moduleHost: { realm } }) => only(exposeObject(realm, logical)),
  "mc/config": ({ config }) => only(config),
  microseconds: ({ moduleHost }) => only(exposeObject(moduleHost.realm, createMicroseconds(moduleHost))),
  modules: ({ moduleHost: { realm }, load, has }) =>
    only(exposeObject(realm, { importNow: (name: string) => load(name).default, has })),
  net: ({ moduleHost }) => only(exposeObject(moduleHost.realm, createNet(moduleHost))),
  preference: ({ moduleHost }) => only(exposeObject(moduleHost.realm, createPreference(moduleHost))),
  socket: ({ moduleHost }) => {
    const { realm } = moduleHost;
    const { Socket, Listener } = createSocket(moduleHost);
    const exports = {
      Socket: exposeClass(realm, "Socket", Socket),
      Listener: exposeClass(realm, "Listener", Listener),
    };
    return { ...exports, default: Object.freeze(realm.give(exports)) };
  },
  system: ({ moduleHost, restart }, modules) => {
    const timer = modules.get("timer").default as ReturnType<typeof createTimer>;
    return only(exposeObject(moduleHost.realm, createSystem(moduleHost, timer, restart)));
  },
  "text/decoder": ({ moduleHost: { realm } }) => only(exposeClass(realm, "TextDecoder", textDecoder)),
  "text/encoder": ({ moduleHost: { realm } }) => only(exposeClass(realm, "TextEncoder", textEncoder)),
  time: ({ moduleHost, wallTime }) => only(exposeObject(moduleHost.realm, createTime(moduleHost, wallTime))),
  timer: ({ moduleHost }) => only(exposeObject(moduleHost.realm, createTimer(moduleHost))),
  url: () => ({ default: URL, URL, URLSearchParams }),
  wifi: ({ moduleHost }) => only(exposeClass(moduleHost.realm, "WiFi", createWifi(moduleHost))),
});

/** Their names. */
export const PLATFORM_MODULES: ReadonlySet<string> = new Set(Object.keys(FACTORIES));

/** `instrumentation` in a build without it. */
const NO_FIGURES = Object.freeze({ map: () => undefined, get: () => undefined });

/** The platform's modules in one life of a host. */
export class PlatformModules {
  /** The global `device`. */
  readonly device: object;
  readonly #parts: ModuleParts;
  readonly #made = new Map<string, Namespace>();

  constructor(parts: ModuleParts) {
    this.#parts = parts;
    this.device = createDevice(parts.moduleHost, parts.load);
  }

  /** @throws Error for one that this platform has not */
  get(key: string): Namespace {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = FACTORIES[key]!(this.#parts, this);
    this.#made.set(key, made);
    return made;
  }
}

function only(value: unknown): Namespace {
  return { default: value };
}
