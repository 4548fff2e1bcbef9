import { Errno, errnoOf } from "../kernel/errno.js";
import type { Call } from "../language/ast.js";
import type { OpenSocket, ScriptProcess } from "./process.js";

/** What a call to the kernel came to. */
export interface CallResult {
  /** −1 for a failure. */
  readonly value: number;
  /** The name of the error, if it failed. */
  readonly error?: string;
}

/** A system call whose arguments have been read. */
export interface RunningCall {
  /** Makes it, or goes on with it. @returns undefined while it blocks */
  attempt(): CallResult | undefined;
  /** What a call that would block returns instead of waiting; undefined: it waits. */
  insteadOfBlocking?(): CallResult | undefined;
  /** When a call that blocks returns by itself, in virtual ms. */
  readonly deadline?: number;
  /** Looks at what came back besides the result. @throws ScriptError if that is not what the script says */
  check?(): void;
}

/** Reads the arguments of one kind of call. @throws ScriptError for wrong ones */
export type SystemCall = (process: ScriptProcess, call: Call) => RunningCall;

/** Runs a call's work; its errors become results. */
export function outcome(work: () => number | undefined): CallResult | undefined {
  try {
    const value = work();
    return value === undefined ? undefined : { value };
  } catch (error) {
    return { value: -1, error: errnoOf(error) };
  }
}

/** A call that never blocks. Without a number it returns 0. */
export function immediate(work: () => unknown): RunningCall {
  const run = (): number => {
    const value = work();
    return typeof value === "number" ? value : 0;
  };
  return { attempt: () => outcome(run) };
}

/** A call on a socket that waits unless that is non-blocking: EAGAIN then, or what `otherwise` says. */
export function waiting(
  process: ScriptProcess,
  descriptor: number,
  work: (open: OpenSocket) => number | undefined,
  { dontWait = false, otherwise = { value: -1, error: "EAGAIN" } as CallResult } = {},
): RunningCall {
  return {
    attempt: () => outcome(() => work(process.get(descriptor))),
    insteadOfBlocking: () => (dontWait || process.get(descriptor).socket.nonBlocking ? otherwise : undefined),
  };
}

/** A null pointer where a buffer must be. @throws Errno EFAULT */
export function requireBuffer(hasBuffer: boolean): void {
  if (!hasBuffer) throw new Errno("EFAULT");
}
