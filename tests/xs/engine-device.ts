import {
  emitMemory,
  emitStart,
  MessageWriter,
  RecordKind,
  SEED_LENGTH,
} from "../../hosts/xs/frames/index.js";
import type { LinkDevice, Log, MemoryReporter } from "../../src/host/index.js";
import type { ScheduledEvent, SimulatedRandom, Simulation } from "../../simulator/index.js";
import type { Engine, EngineReply } from "./engine.js";
import { readReply } from "./exchange.js";

export interface EngineDeviceOptions {
  readonly simulation: Simulation;
  /** Where its frames come and go: an end of a cable. */
  readonly link: LinkDevice;
  /** Where the seed of its random numbers comes from. */
  readonly random: SimulatedRandom;
  /** Has evaluated the bundle of a `*-main.ts`. */
  readonly engine: Engine;
  /** What the device is told of its memory. */
  readonly memory: MemoryReporter;
  readonly log?: Log;
}

/**
 * A device that runs in an engine, plugged into the simulation. What happens at one moment of virtual time goes to the
 * engine in one request, after the moment's other events. The engine's answer takes real time, so it is a task of the
 * simulation, which holds virtual time still: only `runFor` and `until` move this device.
 */
export class EngineDevice {
  /** What the engine did for it so far. */
  readonly totals = { requests: 0, compute: 0 };
  readonly #options: EngineDeviceOptions;
  readonly #writer = new MessageWriter();
  #next: ScheduledEvent | undefined;

  constructor(options: EngineDeviceOptions) {
    this.#options = options;
    const { link, random } = options;
    const seed = Uint8Array.from({ length: SEED_LENGTH }, () => random.below(256));
    this.#writer.append(RecordKind.start, emitStart({ mac: link.mac, mtu: link.mtu, seed }));
    this.#appendLink();
    link.onLinkChange = () => this.#appendLink();
    link.onReceive = (frame, length) => {
      this.#writer.append(RecordKind.frame, frame, length);
      this.#exchangeAt(options.simulation.now());
    };
  }

  #appendLink(): void {
    const { link, simulation } = this.#options;
    this.#writer.append(RecordKind.link, Uint8Array.of(link.up ? 1 : 0));
    this.#exchangeAt(simulation.now());
  }

  /** Makes sure of a request at `time` at the latest. */
  #exchangeAt(time: number): void {
    if (this.#next !== undefined) {
      if (this.#next.deadline <= time) return;
      this.#options.simulation.cancel(this.#next);
    }
    const { simulation } = this.#options;
    this.#next = time === Infinity ? undefined : simulation.scheduleAt(time, () => this.#exchange());
  }

  #exchange(): void {
    this.#next = undefined;
    const { simulation, engine, memory } = this.#options;
    this.#writer.append(RecordKind.memory, emitMemory(memory()));
    const request = new Uint8Array(this.#writer.finish(simulation.now()));
    const failed = (error: unknown): void => {
      // To whoever moves the time.
      simulation.schedule(0, () => {
        throw error;
      });
    };
    const exchange = engine.command(request).then((reply) => this.#take(reply));
    void simulation.task(exchange.catch(failed));
  }

  #take({ bytes, usage }: EngineReply): void {
    const { link, log } = this.#options;
    this.totals.requests++;
    this.totals.compute += usage.compute;
    const reply = readReply(bytes);
    for (const { level, line } of reply.log) log?.(level, line);
    for (const frame of reply.frames) link.transmit(frame, frame.length);
    this.#exchangeAt(reply.deadline);
  }
}
