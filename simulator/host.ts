import type { MacAddress } from "../src/address/index.js";
import type { Clock, Log, MemoryReporter, Timers } from "../src/host/index.js";
import { Stack, type StackInterface, type StackOptions } from "../src/stack/index.js";
import type { Cable, CableEnd } from "./cable.js";
import type { ScheduledEvent } from "./event-queue.js";
import type { SimulatedRandom } from "./random.js";
import type { Simulation } from "./simulation.js";

/** What a simulated host says of its memory: the same figures every time, of the size of an ESP32's. */
const NOMINAL_MEMORY = Object.freeze({ used: 48 * 1024, total: 320 * 1024 });

export interface SimulatedHostOptions {
  /** Names its random stream, so it should be unique in the simulation. */
  readonly name: string;
  /** The cable that its network interface is plugged into. */
  readonly cable: Cable;
  /** Absent: a locally administered one drawn from the seed. */
  readonly mac?: MacAddress;
  /** Absent: "eth0". */
  readonly interfaceName?: string;
  /** Its profile and tuning; absent: the stack's defaults. */
  readonly stack?: Omit<StackOptions, "random" | "log">;
  /** Absent: what the host logs is dropped. */
  readonly log?: Log;
  /** Absent: fixed figures, so that runs are equal. */
  readonly memory?: MemoryReporter;
}

/** A host on virtual time: what `src/host` asks of a platform, and a stack that runs on it. */
export class SimulatedHost {
  readonly name: string;
  readonly mac: MacAddress;
  readonly link: CableEnd;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: SimulatedRandom;
  readonly log: Log;
  readonly memory: MemoryReporter;
  readonly stack: Stack;
  readonly network: StackInterface;
  readonly #simulation: Simulation;
  #poll: ScheduledEvent | undefined;

  constructor(simulation: Simulation, options: SimulatedHostOptions) {
    this.#simulation = simulation;
    this.name = options.name;
    this.link = options.cable.plug(options);
    this.mac = this.link.mac;
    this.clock = simulation;
    this.timers = simulation.timers;
    this.random = simulation.random.fork(`host ${options.name}`);
    this.log = options.log ?? (() => undefined);
    this.memory = options.memory ?? (() => NOMINAL_MEMORY);
    this.stack = new Stack({ ...options.stack, random: this.random.fork("stack"), log: this.log });
    this.stack.onWake = () => this.#pollAt(simulation.now());
    this.network = this.stack.attach(this.link, { name: options.interfaceName ?? "eth0" });
  }

  /** Makes sure that the stack is polled at `time` at the latest, in an event of its own. */
  #pollAt(time: number): void {
    if (this.#poll !== undefined) {
      if (this.#poll.time <= time) return;
      this.#simulation.cancel(this.#poll);
    }
    this.#poll = time === Infinity ? undefined : this.#simulation.scheduleAt(time, () => this.#run());
  }

  #run(): void {
    this.#poll = undefined;
    this.stack.poll(this.#simulation.now());
    this.#pollAt(this.stack.nextPoll);
  }
}
