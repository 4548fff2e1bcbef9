/*
 * What the engine and the program that has the double of Moddable's natives say to each other.
 *
 * An event goes to the engine as a command, and its answer is empty:
 *
 *     float64 now | float64 wall clock | uint8 kind | uint16 object | int32 value
 *
 * While it runs, the engine asks for what natives do, and waits for the answer:
 *
 *     uint8 operation | uint16 object | argument        answer: uint8 outcome | result
 *
 * Numbers are big-endian. Objects are numbered by the engine; natives that are hardly used are asked for in JSON.
 */

/** What can happen to an object. */
export const EventKind = Object.freeze({
  nothing: 0,
  timer: 1,
  readable: 2,
  writable: 3,
  error: 4,
  changed: 5,
});

/** What the engine asks for. */
export const Operation = Object.freeze({
  /** A method by name: JSON in, JSON out. */
  call: 0,
  /** Text in UTF-8 to be printed. */
  trace: 1,
  /** `read()` of a connection; the result is its bytes. */
  read: 2,
  /** `write(argument)` of a connection; the result is an int32. */
  write: 3,
  /** A timer after an int32 of milliseconds. */
  setTimer: 4,
  clearTimer: 5,
});

/** How an answer begins. */
export const Outcome = Object.freeze({
  nothing: 0,
  result: 1,
  /** The result is JSON: the name of an error, and its message. */
  error: 2,
});

/** Where things are in an event. */
export const EVENT = Object.freeze({ now: 0, wallClock: 8, kind: 16, object: 17, value: 19, length: 23 });

/** Where the argument is in what the engine asks. */
export const ARGUMENT_AT = 3;

/** Bytes, in JSON. */
export interface JsonBytes {
  readonly bytes: readonly number[];
}

/** As it is before modules are preloaded: what is asked of natives may be in flash. */
const { stringify } = JSON;

/** JSON with buffers and views as `JsonBytes`. */
export function toJson(value: unknown): string {
  return stringify(value, (_, each: unknown) => {
    if (each instanceof ArrayBuffer) return { bytes: Array.from(new Uint8Array(each)) };
    if (each instanceof Uint8Array) return { bytes: Array.from(each) };
    return each;
  });
}

/** @returns what `toJson` was given; bytes as buffers of their own */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    const bytes = (each as Partial<JsonBytes> | null)?.bytes;
    return Array.isArray(bytes) ? Uint8Array.from(bytes).buffer : each;
  });
}
