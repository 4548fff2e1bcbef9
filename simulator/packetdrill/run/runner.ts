// Runs a parsed script. Before changing it, read flow.ts: it knows what the script's numbers are on the wire.
import { Simulation } from "../../simulation.js";
import { ScriptProcess } from "../calls/index.js";
import { NotOffered } from "../kernel/errno.js";
import { Kernel } from "../kernel/kernel.js";
import type { Code, EventTime, PacketAction, Script, ScriptEvent } from "../language/ast.js";
import { formatPacket } from "../packet/format.js";
import { PythonInterpreter } from "../python/interpreter.js";
import { ScriptError, unsupported, type Location } from "../script-error.js";
import { DEFAULT_SETTINGS, readSetting, type Settings } from "../settings.js";
import { CallRunner } from "./call-runner.js";
import { ScriptClock } from "./clock.js";
import { lookUpName } from "./code-names.js";
import { formatEvent } from "./compare.js";
import { Flows } from "./flows.js";
import { makeInbound } from "./inbound.js";
import { OutboundQueue } from "./outbound.js";
import { PacketChecker } from "./packet-checker.js";
import { runCommand } from "./shell.js";
import { expectAt, isInTime, type Expectation } from "./timing.js";

export interface RunOptions {
  /** Settings from the command line, which override a script's own. */
  readonly settings?: Partial<Settings>;
  /** Told of each packet and each call, as a line. */
  readonly onLine?: (line: string) => void;
  /** Told what code blocks print. */
  readonly onPrint?: (line: string) => void;
}

/** How long, in virtual ms, the stack has to bring its interface up before the script begins. */
const WARM_UP = 1000;

/**
 * Runs a script against a stack of its own, on virtual time.
 * @throws ScriptError where the stack does something else than the script says, or the script cannot be run
 */
export function runScript(script: Script, options: RunOptions = {}): void {
  new Runner(script, options).run();
}

/** One run of a script: its stack, its process, and where in the script it is. */
class Runner {
  readonly #script: Script;
  readonly #settings: Settings;
  readonly #trace: (line: string) => void;
  readonly #kernel: Kernel;
  readonly #clock: ScriptClock;
  readonly #flows: Flows;
  readonly #queue = new OutboundQueue();
  readonly #calls: CallRunner;
  readonly #packets: PacketChecker;
  readonly #python: PythonInterpreter;
  #last: { readonly event: ScriptEvent; readonly at: number } | undefined;

  /** @throws ScriptError for a setting or a command before the first event that cannot be had */
  constructor(script: Script, options: RunOptions) {
    this.#script = script;
    this.#settings = readSettings(script, options.settings);
    this.#trace = options.onLine ?? (() => undefined);
    const settings = this.#settings;
    const simulation = new Simulation();
    let tcp = {};
    for (const command of script.setUp) tcp = { ...tcp, ...runCommand(command) };
    this.#kernel = new Kernel(simulation, {
      address: settings.localAddress,
      prefixLength: settings.prefixLength,
      gateway: settings.gateway,
      mtu: settings.mtu,
      tcp,
    });
    simulation.advance(WARM_UP);
    this.#flows = new Flows(settings);
    const addresses = {
      bindPort: settings.bindPort,
      remote: { address: settings.remoteAddress, port: settings.connectPort },
    };
    const process = new ScriptProcess(this.#kernel, this.#flows, addresses, () => simulation.now());
    this.#calls = new CallRunner(process, this.#trace);
    this.#clock = new ScriptClock(simulation, () => this.#calls.proceed(this.#clock.now));
    this.#packets = new PacketChecker(this.#queue, this.#flows, settings, this.#clock);
    this.#python = new PythonInterpreter(options.onPrint ?? (() => undefined));
    this.#kernel.onPacket = (bytes) => {
      const sent = this.#queue.add(bytes, this.#clock.now);
      if (sent !== undefined) this.#trace(this.#packets.describe(sent));
    };
  }

  /** @throws ScriptError at the first line that the stack does not live up to */
  run(): void {
    for (const event of this.#script.events) {
      at(event.location, () => this.#run(event));
    }
    const location = this.#last?.event.location ?? { file: this.#script.file, line: 1, column: 1 };
    at(location, () => {
      this.#calls.finish(this.#clock);
      this.#packets.finish(location);
    });
    for (const command of this.#script.tearDown) runCommand(command);
  }

  #run(event: ScriptEvent): void {
    const { action, location } = event;
    if (action.kind === "call") this.#calls.finish(this.#clock);
    const time = this.#timeOf(event);
    if (action.kind === "packet" && action.packet.direction === "outbound") {
      this.#packets.expect(action.packet, time, location);
    } else if (time !== undefined) {
      this.#waitFor(time, location);
      this.#act(event, time);
      this.#clock.settle();
    }
    this.#last = { event, at: time?.from ?? this.#clock.now };
  }

  #act({ action, time }: ScriptEvent, { from }: Expectation): void {
    switch (action.kind) {
      case "packet":
        this.#inject(action);
        return;
      case "call":
        this.#calls.begin(action, this.#endOf(action.end, time, from), this.#clock);
        return;
      case "command":
        this.#kernel.tune(runCommand(action));
        return;
      case "code":
        this.#evaluate(action);
    }
  }

  #inject({ packet }: PacketAction): void {
    const bytes = makeInbound(packet, this.#flows, this.#settings);
    this.#trace(formatEvent(this.#clock.now, formatPacket(packet)));
    this.#kernel.inject(bytes);
  }

  #evaluate({ text, location }: Code): void {
    this.#python.run(text, location, (name, place) =>
      at(place, () => lookUpName(name, this.#flows, this.#kernel)),
    );
  }

  /** When an event is due; undefined: at any time. */
  #timeOf({ time, action }: ScriptEvent): Expectation | undefined {
    if (time.kind === "any") return undefined;
    const base = time.kind === "absolute" ? 0 : this.#base(action);
    const last = this.#last?.at ?? 0;
    return expectAt(this.#settings, base + time.at, base + (time.until ?? time.at), last);
  }

  /**
   * What relative times count from: now. Between two packets that come in it is when the first was due, as in
   * packetdrill.
   */
  #base(action: ScriptEvent["action"]): number {
    const last = this.#last;
    return last !== undefined && isInbound(last.event.action) && isInbound(action)
      ? last.at
      : this.#clock.now;
  }

  /** When a call that blocks returns: its end counts from the same moment as its begin. */
  #endOf(end: number | undefined, time: EventTime, from: number): Expectation | undefined {
    if (end === undefined || time.kind === "any") return undefined;
    const due = time.kind === "absolute" ? end : from - time.at + end;
    return expectAt(this.#settings, due, due, from);
  }

  #waitFor(time: Expectation, location: Location): void {
    this.#clock.advanceTo(time.from);
    const { now } = this.#clock;
    if (isInTime(time, now)) return;
    throw new ScriptError(location, "the script is late: what stands before took until after this time", {
      expected: formatEvent(time.from, "this event"),
      actual: formatEvent(now, "this event"),
    });
  }
}

function isInbound(action: ScriptEvent["action"]): boolean {
  return action.kind === "packet" && action.packet.direction === "inbound";
}

function readSettings(script: Script, overriding: Partial<Settings> = {}): Settings {
  let settings = DEFAULT_SETTINGS;
  for (const { name, value, location } of script.options) {
    at(location, () => (settings = { ...settings, ...readSetting(name, value) }));
  }
  return { ...settings, ...overriding };
}

/** Gives errors that know nothing of the script its place. */
function at<T>(location: Location, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    if (error instanceof NotOffered) throw unsupported(location, error.message);
    if (error instanceof RangeError) throw new ScriptError(location, error.message);
    throw new ScriptError(
      location,
      `the stack threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
