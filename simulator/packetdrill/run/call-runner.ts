import { prepareCall, type CallResult, type RunningCall, type ScriptProcess } from "../calls/index.js";
import { NotOffered } from "../kernel/errno.js";
import type { Call } from "../language/ast.js";
import { formatTime } from "../packet/format.js";
import { ScriptError, unsupported } from "../script-error.js";
import { checkResult, formatResult } from "./call-result.js";
import type { ScriptClock } from "./clock.js";
import { formatEvent } from "./compare.js";
import { isInTime, type Expectation } from "./timing.js";

/** How long, in µs, after the time it should have returned at a call is still waited for. */
const PATIENCE = 2_000_000;

interface PendingCall {
  readonly call: Call;
  readonly running: RunningCall;
  readonly end: Expectation;
}

/** Makes a script's system calls. One of them at a time may block while the script goes on. */
export class CallRunner {
  readonly #process: ScriptProcess;
  readonly #trace: (line: string) => void;
  #pending: PendingCall | undefined;

  constructor(process: ScriptProcess, trace: (line: string) => void) {
    this.#process = process;
    this.#trace = trace;
  }

  /** @param end when a call that blocks returns. @throws ScriptError if it does not do what the script says */
  begin(call: Call, end: Expectation | undefined, clock: ScriptClock): void {
    try {
      this.#make(call, end, clock);
    } catch (error) {
      throw located(error, call);
    }
  }

  /** Looks whether the call that blocks can go on. */
  proceed(now: number): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    try {
      const result = pending.running.attempt();
      if (result === undefined) return;
      this.#pending = undefined;
      this.#finish(pending, result, now);
    } catch (error) {
      throw located(error, pending.call);
    }
  }

  /** Waits for the call that blocks, if there is one. */
  finish(clock: ScriptClock): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const { call, end } = pending;
    const isDone = clock.runUntil(() => this.#pending === undefined, end.until + end.tolerance + PATIENCE);
    if (!isDone) {
      throw new ScriptError(call.location, `${call.name} has not returned at ${formatTime(clock.now)}`, {
        expected: formatEvent(end.until, `${call.text} returns`),
        actual: "it still blocks",
      });
    }
  }

  #make(call: Call, end: Expectation | undefined, clock: ScriptClock): void {
    const running = prepareCall(this.#process, call);
    let result = running.attempt() ?? running.insteadOfBlocking?.();
    const { deadline } = running;
    if (deadline !== undefined && result === undefined) clock.wakeAt(deadline);
    if (result === undefined && end !== undefined) {
      this.#pending = { call, running, end };
      this.#trace(formatEvent(clock.now, `${call.text} blocks`));
      return;
    }
    if (result === undefined && deadline !== undefined) {
      clock.runUntil(() => (result = running.attempt()) !== undefined, clock.timeOf(deadline));
    }
    if (result === undefined) {
      throw new ScriptError(call.location, `${call.name} blocks: say with TIME...END when it returns`);
    }
    this.#complete(call, running, result, clock.now);
    if (end !== undefined) checkEnd(call, end, clock.now);
  }

  #finish({ call, running, end }: PendingCall, result: CallResult, now: number): void {
    this.#complete(call, running, result, now);
    checkEnd(call, end, now);
  }

  #complete(call: Call, running: RunningCall, result: CallResult, now: number): void {
    this.#trace(formatEvent(now, `${call.text} = ${formatResult(result.value, result.error)}`));
    checkResult(call, running, result);
  }
}

function checkEnd(call: Call, end: Expectation, now: number): void {
  if (isInTime(end, now)) return;
  throw new ScriptError(call.location, `${call.name} returned at another time`, {
    expected: formatEvent(end.until, `${call.text} returns`),
    actual: formatEvent(now, `${call.text} returns`),
  });
}

/** What the stack has not got is an error of the line that asks for it. */
function located(error: unknown, { location }: Call): unknown {
  return error instanceof NotOffered ? unsupported(location, error.message) : error;
}
