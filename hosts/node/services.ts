import { randomFillSync } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import {
  MAX_TIMER_DELAY,
  type Clock,
  type DecodeLatin1,
  type EncodeUtf8,
  type Hashes,
  type Log,
  type LogLevel,
  type MemoryReporter,
  type Random,
  type TimerHandle,
  type Timers,
  type WallClock,
} from "../../src/host/index.js";
import { nodeHashes } from "./hashes.js";
import { processClock } from "./process-clock.js";

/** A timer that may be further away than Node's own can be. */
class LongTimeout {
  readonly #callback: () => void;
  readonly #due: number;
  #timeout: NodeJS.Timeout;

  constructor(callback: () => void, delay: number) {
    this.#callback = callback;
    this.#due = processClock.now() + delay;
    this.#timeout = this.#arm();
  }

  clear(): void {
    clearTimeout(this.#timeout);
  }

  #arm(): NodeJS.Timeout {
    const delay = this.#due - processClock.now();
    if (delay > MAX_TIMER_DELAY) return setTimeout(() => (this.#timeout = this.#arm()), MAX_TIMER_DELAY);
    // Rounded up: Node cuts fractions off, and the callback would find that nothing is due.
    return setTimeout(this.#callback, Math.ceil(Math.max(0, delay)));
  }
}

/** Timers of Node's event loop. */
export const nodeTimers: Timers = Object.freeze({
  // A timeout of 0 takes Node a millisecond.
  set: (callback: () => void, delay: number): TimerHandle =>
    delay > 0 ? new LongTimeout(callback, delay) : setImmediate(callback),
  clear(handle: TimerHandle): void {
    if (handle instanceof LongTimeout) handle.clear();
    else clearImmediate(handle as NodeJS.Immediate | undefined);
  },
});

/** Words drawn from the system at a time: a call of it costs more than all of them. */
const POOL = 256;

class CryptoRandom implements Random {
  readonly #pool = new Uint32Array(POOL);
  #next = POOL;

  uint32(): number {
    if (this.#next === POOL) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++]!;
  }
}

/** The system's cryptographic random numbers. */
export const nodeRandom: Random = new CryptoRandom();

/** The JavaScript heap: bytes in use, and the limit at which V8 gives up. */
export const nodeMemory: MemoryReporter = () => {
  const { used_heap_size: used, heap_size_limit: total } = getHeapStatistics();
  return { used, total };
};

const LEVELS: readonly LogLevel[] = Object.freeze(["debug", "info", "warn", "error"]);

/** A log on standard error, a line a message. @param least less than this is left out */
export function stderrLog(least: LogLevel = "info"): Log {
  const threshold = LEVELS.indexOf(least);
  return (level, message) => {
    if (LEVELS.indexOf(level) >= threshold) process.stderr.write(`${message}\n`);
  };
}

/** The computer's time of day. */
export const nodeWallClock: WallClock = Object.freeze({ now: () => Date.now() });

/** Node's own UTF-8 encoder. */
export const nodeEncode: EncodeUtf8 = (text) => Buffer.from(text, "utf8");

interface Latin1Buffer {
  latin1Slice(start: number, end: number): string;
}

/** The same that `toString("latin1", start, end)` comes to, in a third of the time for a short text. */
const { latin1Slice } = Buffer.prototype as unknown as Latin1Buffer;

/** Node's own decoder of bytes that are characters. */
export const nodeDecode: DecodeLatin1 = (bytes, start, end) => latin1Slice.call(bytes, start, end);

/** Everything of `src/host` that a Node process has by itself, with its encoder and decoder. */
export const nodeServices: {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly timers: Timers;
  readonly random: Random;
  readonly hashes: Hashes;
  readonly memory: MemoryReporter;
  readonly log: Log;
  readonly encode: EncodeUtf8;
  readonly decode: DecodeLatin1;
} = Object.freeze({
  clock: processClock,
  wallClock: nodeWallClock,
  timers: nodeTimers,
  random: nodeRandom,
  hashes: nodeHashes,
  memory: nodeMemory,
  log: stderrLog(),
  encode: nodeEncode,
  decode: nodeDecode,
});
