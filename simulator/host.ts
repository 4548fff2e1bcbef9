import type { MacAddress } from "../src/address/index.js";
import type {
  Clock,
  LinkDevice,
  Log,
  MemoryReporter,
  Storage,
  Timers,
  WallClock,
} from "../src/host/index.js";
import { Stack, type StackInterface, type StackOptions } from "../src/stack/index.js";
import type { Cable, CableEnd } from "./cable.js";
// By file: the index has a file for captures too, and hosts run in the XS engine, where there are none.
import { CAPTURE_EPOCH } from "./capture/capture.js";
import type { ScheduledEvent } from "./event-queue.js";
import { MemoryStorage } from "./memory-storage.js";
import { Processor, type ProcessorOptions } from "./processor.js";
import type { SimulatedRandom } from "./random.js";
import type { Simulation } from "./simulation.js";

/** What a simulated host says of its memory: the same figures every time, of the size of an ESP32's. */
const NOMINAL_MEMORY = Object.freeze({ used: 48 * 1024, total: 320 * 1024 });

/** The least that a drifting clock's time is ahead, in ms. */
const CLOCK_GRAIN = 1e-6;

export interface SimulatedHostOptions {
  /** Names its random stream, so it should be unique in the simulation. */
  readonly name: string;
  /** The cable that its network interface is plugged into; several: an interface for each. */
  readonly cable: Cable | readonly Cable[];
  /** Of the first interface; absent: a locally administered one drawn from the seed. */
  readonly mac?: MacAddress;
  /** Whether it waits to be switched on; absent: it is on. */
  readonly isOff?: boolean;
  /** Its profile and tuning; absent: the stack's defaults. */
  readonly stack?: Omit<StackOptions, "random" | "log">;
  /** Absent: what the host logs is dropped. */
  readonly log?: Log;
  /** Absent: fixed figures, so that runs are equal. */
  readonly memory?: MemoryReporter;
  /** What is left of it after a reboot; absent: memory of its own, empty. */
  readonly storage?: Storage;
  /** How much faster its clocks run than time does, in parts per million: crystals are sold with ±20; absent: 0. */
  readonly clockDrift?: number;
  /** Absent: it is done with each frame at once. */
  readonly processor?: ProcessorOptions;
  /**
   * What its stack is given in the place of a cable's end, for an interface that does more than pass frames on. Called for each
   * interface whenever the power comes.
   */
  readonly device?: (link: CableEnd, index: number) => LinkDevice;
}

/**
 * A host on virtual time: what `src/host` asks of a platform, and a stack that runs on it, from when its power comes until
 * it goes.
 */
export class SimulatedHost {
  readonly name: string;
  readonly mac: MacAddress;
  /** Of each interface, in the order of the cables. */
  readonly links: readonly CableEnd[];
  /** Milliseconds since the simulation began, or since its last reboot. */
  readonly clock: Clock;
  /** It knows the time always, as if it had a battery; captures show the same. */
  readonly wallClock: WallClock;
  readonly timers: Timers;
  readonly random: SimulatedRandom;
  readonly log: Log;
  readonly memory: MemoryReporter;
  readonly storage: Storage;
  readonly stack: Stack;
  /** Called eth0, eth1, … */
  readonly networks: readonly StackInterface[];
  /** The first interface, which is the only one of most hosts. */
  readonly network: StackInterface;
  /** The first interface's end of its cable. */
  readonly link: CableEnd;
  /** How often it was switched on before. */
  readonly reboots: number;
  readonly #simulation: Simulation;
  readonly #options: SimulatedHostOptions;
  /** Its milliseconds for each of time's. */
  readonly #rate: number;
  readonly #processor: Processor | undefined;
  #poll: ScheduledEvent | undefined;
  #isOn: boolean;
  #wasOn: boolean;

  /** @param former the same device before it was switched off: only `reboot` and `powerOn` give it */
  constructor(simulation: Simulation, options: SimulatedHostOptions, former?: SimulatedHost) {
    this.#simulation = simulation;
    this.#options = options;
    this.name = options.name;
    this.reboots = former === undefined ? 0 : former.reboots + 1;
    this.links = former?.links ?? plug(options);
    this.link = this.links[0]!;
    this.mac = this.link.mac;
    this.#rate = 1 + (options.clockDrift ?? 0) / 1e6;
    const start = former === undefined ? 0 : this.#now;
    this.clock = { now: () => this.#now - start };
    this.wallClock = { now: () => CAPTURE_EPOCH * 1000 + this.#now };
    this.timers = {
      set: (callback, delay) => simulation.schedule(delay / this.#rate, () => this.#isOn && callback()),
      clear: simulation.timers.clear,
    };
    const life = this.reboots === 0 ? "" : ` after reboot ${this.reboots}`;
    this.random = simulation.random.fork(`host ${options.name}${life}`);
    this.storage = former?.storage ?? options.storage ?? new MemoryStorage();
    this.log = options.log ?? (() => undefined);
    this.memory = options.memory ?? (() => NOMINAL_MEMORY);
    this.stack = new Stack({ ...options.stack, random: this.random.fork("stack"), log: this.log });
    this.stack.onWake = () => this.#pollAt(simulation.now());
    this.networks = this.links.map((link, index) =>
      this.stack.attach(options.device?.(link, index) ?? link, { name: `eth${index}` }),
    );
    this.network = this.networks[0]!;
    if (options.processor !== undefined) this.#processor = new Processor(simulation, options.processor);
    if (this.#rate !== 1 || this.#processor !== undefined)
      for (const link of this.links) this.#intercept(link);
    this.#isOn = this.#wasOn = former !== undefined || options.isOff !== true;
    if (this.link.hasPower !== this.#isOn) this.#setPower(this.#isOn);
  }

  /** Frames that it lost because its processor was not done with those before. */
  get overruns(): number {
    return this.#processor?.overruns ?? 0;
  }

  /** False before it is switched on, and for ever once its power was cut. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /**
   * Cuts its power: what ran on it is gone without a word to anybody, its timers too, and its links go down. Its storage, its
   * MAC and the time of day are left.
   */
  powerOff(): void {
    this.#stop();
    this.#setPower(false);
  }

  /**
   * Switches it on.
   * @returns the device as it is now: another object if it was on before
   */
  powerOn(): SimulatedHost {
    if (this.#isOn) return this;
    if (this.#wasOn) return new SimulatedHost(this.#simulation, this.#options, this);
    this.#isOn = this.#wasOn = true;
    this.#setPower(true);
    this.#pollAt(this.#simulation.now());
    return this;
  }

  /**
   * Cuts its power and switches it on again, so quickly that its links do not go down.
   * @returns the device as it is now; this object stands for what it was
   */
  reboot(): SimulatedHost {
    this.#stop();
    return new SimulatedHost(this.#simulation, this.#options, this);
  }

  /** Milliseconds since the simulation began, as its crystal counts them. */
  get #now(): number {
    return this.#simulation.now() * this.#rate;
  }

  /** When its crystal will have counted to `time`. */
  #virtualTime(time: number): number {
    const now = this.#simulation.now();
    if (time <= this.#now) return now;
    // What is lost in the division must not make later into now, since then it would never get later.
    return this.#rate === 1 ? time : Math.max(time / this.#rate, now + CLOCK_GRAIN);
  }

  /** Makes sure that the stack is polled at this virtual time at the latest, in an event of its own. */
  #pollAt(time: number): void {
    if (!this.#isOn) return;
    if (this.#poll !== undefined) {
      if (this.#poll.deadline <= time) return;
      this.#simulation.cancel(this.#poll);
    }
    const due = Math.max(time, this.#processor?.busyUntil ?? 0);
    this.#poll = due === Infinity ? undefined : this.#simulation.scheduleAt(due, () => this.#run());
  }

  #run(): void {
    this.#poll = undefined;
    this.stack.poll(this.#now);
    this.#pollAt(this.#virtualTime(this.stack.nextPoll));
  }

  /** Hands frames to the stack when the processor comes to them, with the host's own time. */
  #intercept(link: CableEnd): void {
    const receive = link.onReceive!;
    link.onFrame = (frame) => {
      const handle = (): void => {
        if (this.#isOn) receive(frame.bytes, frame.length, this.#now);
      };
      if (this.#processor === undefined) handle();
      else this.#processor.take(frame, handle);
    };
  }

  #stop(): void {
    if (this.#poll !== undefined) this.#simulation.cancel(this.#poll);
    this.#isOn = false;
  }

  #setPower(hasPower: boolean): void {
    for (const link of this.links) link.hasPower = hasPower;
  }
}

function plug({ name, cable, mac }: SimulatedHostOptions): CableEnd[] {
  const cables = "plug" in cable ? [cable] : cable;
  return cables.map((each, index) => each.plug({ name, ...(index === 0 && mac !== undefined && { mac }) }));
}
