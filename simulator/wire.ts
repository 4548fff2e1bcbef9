import type { Destination } from "./arrivals.js";
import { Transit, type FaultRule } from "./faults/index.js";
import { ETHERNET_OVERHEAD, type Frame } from "./frame.js";
import type { SimulatedRandom } from "./random.js";
import { Observers } from "./sighting.js";
import type { Simulation } from "./simulation.js";

/** How a wire carries frames, faults apart. */
export interface WireOptions {
  /** Milliseconds from one end to the other. */
  readonly latency: number;
  /** Bits a second; Infinity sends at once. */
  readonly bandwidth: number;
  /** Bytes that may wait for their turn to be sent. */
  readonly queueLimit: number;
  /** Bytes of the longest frame it takes. */
  readonly maxLength: number;
}

/** Where a wire ends. */
export interface FrameReceiver {
  receive(frame: Frame, now: number): void;
}

interface InstalledRule {
  readonly rule: FaultRule;
  readonly random: SimulatedRandom;
}

/** One for all wires that nothing is wrong with: there are thousands, and each frame asks. */
const NO_RULES: readonly InstalledRule[] = Object.freeze([]);

/**
 * One direction of a cable. A frame waits for those before it (bandwidth), meets the fault rules, and arrives after
 * the latency; a frame that a rule drops has used its share of the bandwidth.
 */
export class Wire implements Destination {
  readonly observers = new Observers();
  /** What is plugged in at the far end; it borrows the frames that it gets. */
  receiver: FrameReceiver | undefined;
  readonly #simulation: Simulation;
  readonly #options: WireOptions;
  readonly #random: SimulatedRandom;
  #rules = NO_RULES;
  readonly #timesAdded = new Map<string, number>();
  #connected = false;
  #connections = 0;
  #busyUntil = 0;

  constructor(simulation: Simulation, options: WireOptions, random: SimulatedRandom) {
    this.#simulation = simulation;
    this.#options = options;
    this.#random = random;
  }

  get connected(): boolean {
    return this.#connected;
  }

  connect(): void {
    this.#connected = true;
    this.#connections++;
  }

  /** From now on nothing is carried, and what was on its way is lost. */
  disconnect(): void {
    this.#connected = false;
  }

  /** The names of the rules, in the order in which they are asked. */
  get rules(): string[] {
    return this.#rules.map(({ rule }) => rule.name);
  }

  /** @returns a function that removes the rule */
  impair(rule: FaultRule): () => void {
    const count = (this.#timesAdded.get(rule.name) ?? 0) + 1;
    this.#timesAdded.set(rule.name, count);
    const installed = { rule, random: this.#random.fork(`${rule.name} ${count}`) };
    this.#rules = [...this.#rules, installed];
    return () => {
      this.#rules = this.#rules.filter((other) => other !== installed);
    };
  }

  /** Removes the rules of that name; absent: all, but for what is inherent. */
  heal(name: string | undefined): void {
    this.#rules = this.#rules.filter(
      ({ rule }) => rule.isInherent === true || (name !== undefined && rule.name !== name),
    );
  }

  /** Carries a frame; the caller keeps its own hold. @param port the sender's name, for observers */
  send(frame: Frame, port: string): void {
    const wait = this.#admit(frame.length);
    if (typeof wait === "string") {
      this.#report(frame, port, `dropped: ${wait}`);
    } else if (this.#rules.length === 0) {
      this.#report(frame, port, undefined);
      this.#depart(frame, wait);
    } else {
      const transit = new Transit(this.#simulation.frames, frame, this.#simulation.now());
      this.#impair(transit, wait, 0);
      this.#report(frame, port, transit.fate);
    }
  }

  /** @returns milliseconds until the frame's last bit is sent, or why the frame is refused */
  #admit(length: number): number | string {
    const { bandwidth, queueLimit, maxLength } = this.#options;
    if (!this.#connected) return "link down";
    if (length > maxLength) return "longer than the MTU";
    if (bandwidth === Infinity) return 0;
    const now = this.#simulation.now();
    const start = Math.max(this.#busyUntil, now);
    const waiting = ((start - now) * bandwidth) / 8000;
    if (waiting > 0 && waiting + length > queueLimit) return "queue full";
    this.#busyUntil = start + ((length + ETHERNET_OVERHEAD) * 8000) / bandwidth;
    return this.#busyUntil - now;
  }

  /** Asks the rules from number `first` on; the depth of calls is at most the number of rules. */
  #impair(transit: Transit, wait: number, first: number): void {
    const rules = this.#rules;
    for (let index = first; index < rules.length && !transit.dropped; index++) {
      const { rule, random } = rules[index]!;
      for (const copy of transit.ask(rule.name, (asked) => rule.apply(asked, random))) {
        this.#impair(copy, wait, index + 1);
      }
    }
    if (!transit.dropped) this.#depart(transit.frame, wait + transit.delay);
    transit.frame.release();
  }

  #depart(frame: Frame, wait: number): void {
    this.#simulation.arrivals.schedule(frame, wait + this.#options.latency, this, this.#connections);
  }

  /** Only `Arrivals` calls it. @param connection what it was when the frame was sent */
  arrive(frame: Frame, connection: number): void {
    if (this.#connected && connection === this.#connections)
      this.receiver?.receive(frame, this.#simulation.now());
  }

  #report(frame: Frame, port: string, comment: string | undefined): void {
    if (!this.observers.any) return;
    const time = this.#simulation.now();
    this.observers.notify({ time, port, bytes: frame.bytes, length: frame.length, comment });
  }
}
