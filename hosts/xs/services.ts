import Instrumentation from "instrumentation";
import Time from "time";
import Timer from "timer";
import type {
  Clock,
  DecodeLatin1,
  EncodeUtf8,
  Log,
  MemoryReporter,
  Random,
  Timers,
  WallClock,
} from "wirelet/host/index";
import { asciiDecoder } from "./ascii-decoder.js";
import { DateClock, TickClock } from "./clock.js";
import { createMemoryReporter } from "./memory.js";
import { XsTimers } from "./timers.js";

/** What of `src/host` is the same on all of Moddable's platforms. */
export interface XsServices {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly timers: Timers;
  readonly random: Random;
  readonly memory: MemoryReporter;
  readonly log: Log;
  readonly encode: EncodeUtf8;
  readonly decode: DecodeLatin1;
}

/** To be called at run time: this module may be preloaded, and then natives can't be called while it loads. */
export function createServices(): XsServices {
  const timers = new XsTimers(Timer);
  const clock = new TickClock(ticks, timers);
  return {
    clock,
    wallClock,
    timers,
    random,
    memory,
    log,
    encode,
    decode,
  };
}

// What keeps nothing is made while the module loads: it stays in flash then, where a closure would take ten slots of RAM.
const wallClock: WallClock = Object.freeze(new DateClock(() => Date.now()));
const memory: MemoryReporter = createMemoryReporter(Instrumentation);
const random: Random = Object.freeze({ uint32: randomWord });
const decode = asciiDecoder((bytes) => String.fromArrayBuffer(bytes));

function ticks(): number {
  return Time.ticks;
}

function log(level: Parameters<Log>[0], message: string): void {
  trace(`${level === "info" ? "" : `${level}: `}${message}\n`);
}

/** Its strings are UTF-8 inside, lone surrogates too, which may not get out. */
function encode(text: string): Uint8Array {
  return new Uint8Array(ArrayBuffer.fromString(text.toWellFormed()));
}

const HALF_WORD = 2 ** 16;

/**
 * On ESP32 `Math.random` is the hardware's generator (31 bits a call), a true one while the radio is on. On the desktop
 * simulator it is C's `rand`, never seeded: the same numbers after each start.
 */
function randomWord(): number {
  return Math.floor(Math.random() * HALF_WORD) * HALF_WORD + Math.floor(Math.random() * HALF_WORD);
}
