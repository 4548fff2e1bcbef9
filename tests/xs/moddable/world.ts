// What Moddable has besides the language, in an engine that has not got it: a script, to be evaluated before all others.
import { SeededRandom } from "../../../hosts/xs/frames/random.js";
import { call, print, receive, register, time, unmetered, type NativeObject } from "./bridge.js";
import {
  AccessPointWiFi,
  config,
  Ethernet,
  Instrumentation,
  Net,
  Preference,
  Time,
  WiFi,
} from "./modules.js";
import { Listener, TCP, Timer, UDP } from "./sockets.js";

/** The SDK's modules that the double has; each has a default export alone. */
const MODULES = Object.freeze({
  "embedded:io/socket/tcp": TCP,
  "embedded:io/socket/listener": Listener,
  "embedded:io/socket/udp": UDP,
  "embedded:network/interface/ethernet": Ethernet,
  "embedded:network/interface/wifi": WiFi,
  instrumentation: Instrumentation,
  "mc/config": config,
  net: Net,
  preference: Preference,
  time: Time,
  timer: Timer,
  wifi: AccessPointWiFi,
});

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Sixteen bytes: each run is the same. */
const random = new SeededRandom(Uint8Array.from({ length: 16 }, (_, index) => index));

/** The classes' instances hold what C needs. */
const Native = (): unknown =>
  class implements NativeObject {
    #onReadable: (() => void) | undefined;

    /** Called by the C function that the double stands for. */
    open(onReadable: () => void): number {
      this.#onReadable = onReadable;
      return register(this);
    }

    happened(): void {
      this.#onReadable?.();
    }
  };

interface LinkOptions {
  readonly mac: Uint8Array;
  readonly onReadable: () => void;
}

interface Opened {
  open(onReadable: () => void): number;
}

const LINK = "xs_wirelet_link";
const RESTART = "xs_wirelet_restart";

/** A function in C: of native-link.c, or the one that restarts the chip. */
const native = (name: string): unknown => {
  if (name === RESTART) return () => call("chip", "restart");
  if (name !== LINK) return (...values: unknown[]) => call("link", name.slice(LINK.length + 1), ...values);
  return function (this: Opened, { mac, onReadable }: LinkOptions): void {
    call("link", "new", this.open(onReadable), mac);
  };
};

Object.assign(globalThis, { moddable: MODULES, trace: print, Native, native, handleCommand: receive });
// One call each on a device, however long the text: here the copy alone takes two computrons a byte.
Object.assign(ArrayBuffer, {
  fromString: (text: string) => unmetered(() => encoder.encode(text).slice().buffer),
});
Object.assign(String, { fromArrayBuffer: (bytes: ArrayBuffer) => unmetered(() => decoder.decode(bytes)) });
Object.assign(Math, { random: () => random.uint32() / 2 ** 32 });
Object.assign(Date, { now: () => time.wallClock });
if (!("toWellFormed" in String.prototype)) {
  Object.defineProperty(String.prototype, "toWellFormed", {
    value(this: string) {
      return String(this);
    },
  });
}
