import { NetworkError } from "../../../src/error/index.js";
import type {
  Clock,
  LinkDevice,
  Log,
  MemoryReport,
  MemoryReporter,
  Random,
  Timers,
} from "../../../src/host/index.js";
import { FramesLink } from "./link.js";
import { messageTime, MessageWriter, readRecords, RecordKind } from "./messages.js";
import { SeededRandom } from "./random.js";
import { emitLog, parseMemory, parseStart } from "./records.js";
import { DeadlineTimers } from "./timers.js";

/** What a device needs from the machine it runs on. */
export interface FramesHost {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly memory: MemoryReporter;
  readonly link: LinkDevice;
}

/** What the host drives: a stack. */
export interface Pollable {
  /** When it next wants `poll` (monotonic ms, Infinity: never). */
  readonly nextPoll: number;
  /** Installed by the host: it wants `poll` soon. */
  onWake?: () => void;
  poll(now: number): void;
}

/** The side that faces the carrier of the frames. */
export interface FramesPort {
  /**
   * Takes one request: the time, and what happened at that time.
   * @throws NetworkError EINVAL if it is malformed, out of order or earlier than the one before
   */
  receive(request: ArrayBuffer): void;
  /** The reply to it. To be asked for when the promise jobs of `receive` have run: what they send belongs to it. */
  reply(): ArrayBuffer;
}

/**
 * A host for a device that is driven by messages alone (see messages.ts), as it is inside a bare XS engine.
 *
 * @param boot makes the device, when the first request has said which MAC and seed it has
 */
export function createFramesHost(boot: (host: FramesHost) => Pollable): FramesPort {
  return new Machine(boot);
}

class Machine implements FramesPort {
  readonly #boot: (host: FramesHost) => Pollable;
  readonly #writer = new MessageWriter();
  readonly #timers = new DeadlineTimers(() => this.#now);
  #now = -Infinity;
  #link: FramesLink | undefined;
  #device: Pollable | undefined;
  #memory: MemoryReport = { used: 0 };
  #woken = false;

  constructor(boot: (host: FramesHost) => Pollable) {
    this.#boot = boot;
  }

  receive(request: ArrayBuffer): void {
    const message = new Uint8Array(request);
    const now = messageTime(message);
    if (now < this.#now) throw refused("time went back");
    this.#now = now;
    readRecords(message, (kind, bytes) => this.#take(kind, bytes));
    this.#poll();
    this.#timers.run();
    this.#poll();
  }

  reply(): ArrayBuffer {
    const deadline = Math.min(this.#timers.next, this.#device?.nextPoll ?? Infinity);
    return this.#writer.finish(this.#woken ? this.#now : deadline);
  }

  #take(kind: number, bytes: Uint8Array): void {
    if (kind === RecordKind.start) {
      this.#start(bytes);
      return;
    }
    const link = this.#link;
    if (link === undefined) throw refused("not started");
    switch (kind) {
      case RecordKind.frame:
        if (link.up) link.onReceive?.(bytes, bytes.length, this.#now);
        return;
      case RecordKind.link:
        link.setUp(bytes[0] === 1);
        return;
      case RecordKind.memory:
        this.#memory = parseMemory(bytes);
        return;
      default:
        throw refused(`record of kind ${kind}`);
    }
  }

  #start(bytes: Uint8Array): void {
    if (this.#link !== undefined) throw refused("started twice");
    const { mac, mtu, seed } = parseStart(bytes);
    const link = new FramesLink(mac, mtu, this.#writer);
    this.#link = link;
    const device = this.#boot({
      clock: { now: () => this.#now },
      timers: this.#timers,
      random: new SeededRandom(seed),
      log: (level, line) => this.#writer.append(RecordKind.log, emitLog(level, line)),
      memory: () => this.#memory,
      link,
    });
    device.onWake = () => (this.#woken = true);
    this.#device = device;
    this.#woken = true;
  }

  #poll(): void {
    const device = this.#device;
    if (device === undefined || !(this.#woken || device.nextPoll <= this.#now)) return;
    this.#woken = false;
    device.poll(this.#now);
  }
}

function refused(detail: string): NetworkError {
  return new NetworkError("EINVAL", "take request", undefined, detail);
}
