// Runs a parsed script. Before changing it, read flow.ts: it knows what the script's numbers are on the wire.
import { Simulation } from "../../simulation.js";
import {
  ScriptProcess,
  evaluateNumber,
  prepareCall,
  type CallResult,
  type RunningCall,
} from "../calls/index.js";
import { NotOffered, formatErrno } from "../kernel/errno.js";
import { Kernel } from "../kernel/kernel.js";
import { TCP_INFO_OPTIONS, TCP_STATES } from "../kernel/tcp-info.js";
import type { Call, Code, Script, ScriptEvent } from "../language/ast.js";
import { formatPacket, formatTime } from "../packet/format.js";
import type { Packet } from "../packet/packet.js";
import { PythonInterpreter } from "../python/interpreter.js";
import { ScriptError, unsupported } from "../script-error.js";
import { DEFAULT_SETTINGS, readSetting, type Settings } from "../settings.js";
import { differences, joinSegments } from "./comparison.js";
import { Network } from "./network.js";
import { runCommand } from "./shell.js";
import { expectAt, formatExpectation, isInTime, toMicroseconds, type Expectation } from "./timing.js";

/** How long, in µs, a packet with a wildcard for its time may take: longer than any timer but keep-alive's. */
const PATIENCE = 600e6;

export interface RunOptions {
  /** Settings from the command line, which a script's own override. */
  readonly settings?: Partial<Settings>;
  /** Told of each thing that happens, as a line. */
  readonly onLine?: (line: string) => void;
}

/** A call that has not returned yet. */
interface Pending {
  readonly call: Call;
  readonly running: RunningCall;
  readonly expectation: Expectation;
}

/**
 * Runs a script against a stack of its own, on virtual time.
 * @throws ScriptError where the stack does something else than the script says, or the script cannot be run
 */
export function runScript(script: Script, options: RunOptions = {}): void {
  new Runner(script, options).run();
}

class Runner {
  readonly #script: Script;
  readonly #settings: Settings;
  readonly #say: (line: string) => void;
  readonly #simulation = new Simulation();
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #process: ScriptProcess;
  readonly #python: PythonInterpreter;
  /** When the event before was due or happened, in µs: relative times count from it. */
  #last = 0;
  #pending: Pending | undefined;

  constructor(script: Script, { settings, onLine = () => undefined }: RunOptions) {
    this.#script = script;
    this.#settings = readSettings(script, settings);
    this.#say = onLine;
    const { localAddress, prefixLength, gateway, mtu, bindPort, connectPort, remoteAddress } = this.#settings;
    const tcp = script.setUp.reduce((tuning, command) => ({ ...tuning, ...runCommand(command) }), {});
    this.#kernel = new Kernel(this.#simulation, { address: localAddress, prefixLength, gateway, mtu, tcp });
    this.#network = new Network(this.#kernel, this.#settings, () => this.#now);
    const remote = { address: remoteAddress, port: connectPort };
    const addresses = { bindPort, remote };
    this.#process = new ScriptProcess(this.#kernel, this.#network, addresses, () => this.#simulation.now());
    this.#python = new PythonInterpreter((line) => this.#say(line));
  }

  get #now(): number {
    return toMicroseconds(this.#simulation.now());
  }

  run(): void {
    for (const event of this.#script.events) this.#runEvent(event);
    const last = this.#script.events[this.#script.events.length - 1];
    if (this.#pending !== undefined) {
      this.#advanceTo(
        this.#pending.expectation.until + this.#pending.expectation.tolerance,
        () => this.#pending === undefined,
      );
      this.#mustHaveReturned();
    }
    const extra = this.#settings.strictPackets ? this.#network.take() : undefined;
    if (extra !== undefined && last !== undefined) {
      throw new ScriptError(last.location, "the stack sent a packet that the script does not expect", {
        expected: "nothing",
        actual: formatPacket(this.#network.describe(extra)),
      });
    }
    for (const command of this.#script.tearDown) this.#kernel.tune(runCommand(command));
  }

  #runEvent(event: ScriptEvent): void {
    const { action, location } = event;
    const expectation = this.#expectation(event);
    const isOutbound = action.kind === "packet" && action.packet.direction === "outbound";
    if (isOutbound) {
      this.#expectPacket(event, action.packet, expectation);
      return;
    }
    if (event.time.kind === "any")
      throw new ScriptError(location, "only an outbound packet can come at any time");
    this.#advanceTo(expectation.from);
    this.#last = expectation.from;
    switch (action.kind) {
      case "packet":
        this.#say(`${formatTime(this.#now)} ${formatPacket(action.packet)}`);
        this.#network.inject(action.packet, location);
        break;
      case "call":
        this.#call(action, event);
        break;
      case "command":
        this.#kernel.tune(runCommand(action));
        break;
      case "code":
        this.#runCode(action);
    }
  }

  /** When an event is due. A relative time counts from the event before. */
  #expectation({ time }: ScriptEvent): Expectation {
    if (time.kind === "any") return { from: this.#last, until: this.#last + PATIENCE, tolerance: 0 };
    const base = time.kind === "relative" ? this.#last : 0;
    return expectAt(this.#settings, base + time.at, base + (time.until ?? time.at), this.#last);
  }

  #expectPacket({ time, location }: ScriptEvent, expected: Packet, expectation: Expectation): void {
    this.#advanceTo(expectation.until + expectation.tolerance, () => this.#network.hasPacket);
    const first = this.#network.take();
    if (first === undefined) {
      throw new ScriptError(location, "the stack did not send a packet in time", {
        expected: `${formatExpectation(expectation)} ${formatPacket(expected)}`,
        actual: "nothing",
      });
    }
    const live = joinSegments(first, expected, this.#settings, (whole) => this.#network.takeFollowing(whole));
    const actual = this.#network.learn(live, expected);
    this.#say(`${formatTime(live.time)} ${formatPacket(actual)}`);
    const wrong = differences(expected, actual, live, this.#network, this.#settings);
    const isLate = time.kind !== "any" && !isInTime(expectation, live.time);
    if (wrong.length > 0 || isLate) {
      const reason =
        wrong.length > 0 ? `the packet differs in ${wrong.join(", ")}` : "the packet came at another time";
      throw new ScriptError(location, reason, {
        expected: `${time.kind === "any" ? "*" : formatExpectation(expectation)} ${formatPacket(expected)}`,
        actual: `${formatTime(live.time)} ${formatPacket(actual)}`,
      });
    }
    this.#last = time.kind === "any" || time.until !== undefined ? live.time : expectation.from;
  }

  #call(call: Call, { time }: ScriptEvent): void {
    if (this.#pending !== undefined) {
      this.#advanceTo(
        this.#pending.expectation.until + this.#pending.expectation.tolerance,
        () => this.#pending === undefined,
      );
      this.#mustHaveReturned();
    }
    this.#say(`${formatTime(this.#now)} ${call.text}`);
    const running = this.#offered(call, () => prepareCall(this.#process, call));
    const result = this.#offered(call, () => running.attempt());
    if (result !== undefined) {
      if (call.end !== undefined)
        throw new ScriptError(call.location, `${call.name} returned at once, and should block`);
      this.#check(call, running, result);
      return;
    }
    if (call.end === undefined) {
      const instead = this.#offered(call, () => running.insteadOfBlocking?.());
      if (instead === undefined)
        throw new ScriptError(call.location, `${call.name} blocks, and should return`);
      this.#check(call, running, instead);
      return;
    }
    const base = time.kind === "relative" ? this.#last - (time.at ?? 0) : 0;
    const end = base + call.end;
    this.#pending = { call, running, expectation: expectAt(this.#settings, end, end, this.#last) };
  }

  /** Lets time pass until `time` (µs), or until `done`; a call that blocks may return meanwhile. */
  #advanceTo(time: number, done: () => boolean = () => false): void {
    const step = (): boolean => {
      this.#resume();
      return done();
    };
    for (;;) {
      const remaining = time / 1000 - this.#simulation.now();
      const limit = this.#pending?.running.deadline;
      const pause = limit === undefined ? remaining : Math.min(remaining, limit - this.#simulation.now());
      if (this.#simulation.advanceUntil(step, { within: Math.max(0, pause) })) return;
      if (step() || pause >= remaining) return;
    }
  }

  #resume(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const result = this.#offered(pending.call, () => pending.running.attempt());
    if (result === undefined) return;
    this.#pending = undefined;
    if (!isInTime(pending.expectation, this.#now)) {
      throw new ScriptError(pending.call.location, `${pending.call.name} returned at another time`, {
        expected: formatExpectation(pending.expectation),
        actual: formatTime(this.#now),
      });
    }
    this.#check(pending.call, pending.running, result);
  }

  #mustHaveReturned(): void {
    if (this.#pending === undefined) return;
    const { call, expectation } = this.#pending;
    throw new ScriptError(call.location, `${call.name} did not return in time`, {
      expected: formatExpectation(expectation),
      actual: "it still blocks",
    });
  }

  #check(call: Call, running: RunningCall, result: CallResult): void {
    const isAnything = call.result.kind === "ellipsis";
    const expected = isAnything ? result.value : evaluateNumber(call.result);
    if (expected !== result.value || (call.error !== undefined && call.error !== result.error)) {
      throw new ScriptError(call.location, `${call.name} returned something else`, {
        expected: describeResult({ value: expected, ...(call.error !== undefined && { error: call.error }) }),
        actual: describeResult(result),
      });
    }
    running.check?.();
  }

  #runCode({ text, location }: Code): void {
    const info = this.#offered({ location }, () => this.#network.info());
    this.#offered({ location }, () =>
      this.#python.run(text, location, (name) => {
        const constant = CODE_CONSTANTS[name];
        if (constant !== undefined) return constant;
        const value = info?.get(name);
        if (value === undefined && name.startsWith("tcpi_"))
          throw new NotOffered(`the field ${name} of tcp_info`);
        return value;
      }),
    );
  }

  /** What the stack cannot do is an error of the script that says where. */
  #offered<T>({ location }: Pick<Call, "location">, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof NotOffered) throw unsupported(location, error.message);
      if (error instanceof RangeError) throw new ScriptError(location, error.message);
      throw error;
    }
  }
}

/** Names that code blocks know: Linux's numbers. */
const CODE_CONSTANTS: Readonly<Record<string, number>> = Object.freeze({
  ...TCP_STATES,
  ...TCP_INFO_OPTIONS,
  TCP_CA_Open: 0,
  TCP_CA_Disorder: 1,
  TCP_CA_CWR: 2,
  TCP_CA_Recovery: 3,
  TCP_CA_Loss: 4,
});

function readSettings({ options }: Script, commandLine: Partial<Settings> = {}): Settings {
  let settings: Settings = { ...DEFAULT_SETTINGS, ...commandLine };
  for (const { name, value, location } of options) {
    try {
      settings = { ...settings, ...readSetting(name, value) };
    } catch (error) {
      throw error instanceof RangeError ? new ScriptError(location, error.message) : error;
    }
  }
  return settings;
}

function describeResult({ value, error }: CallResult): string {
  return error === undefined ? String(value) : `${value} ${formatErrno(error)}`;
}
