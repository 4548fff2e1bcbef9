import { ARGUMENT_AT, EVENT, EventKind, fromJson, Operation, Outcome, toJson } from "./protocol.js";

declare global {
  /** xsnap's: sends bytes to the program that started it, and waits for its answer. */
  var issueCommand: (request: ArrayBuffer) => ArrayBuffer;
  /** xsnap's: sets the limit of computrons (0: none) and how many there were, and returns how many there were. */
  var resetMeter: (limit: number, computrons: number) => number;
  /** Installed by firmware that wants to know what ends it. */
  var abort: ((reason: string, error: unknown) => void) | undefined;
}

/** Sockets and timers at a time. */
const MOST_OBJECTS = 128;

/** What the double knows by its number. The real ones are C's, outside of the heap. */
export interface NativeObject {
  /** What has happened to it. */
  happened(kind: number, value: number): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING: Uint8Array = new Uint8Array(0);

/** So many that it never grows: nothing of it shall be counted as the firmware's. */
const objects: (NativeObject | undefined)[] = new Array<undefined>(MOST_OBJECTS).fill(undefined);

/** The time of the last event: it stands still until the next. */
export const time = { now: 0, wallClock: 0 };

/** @returns its number */
export function register(object: NativeObject): number {
  const computrons = resetMeter(0, 0);
  const free = objects.indexOf(undefined);
  if (free < 0) throw new RangeError("the double has no room for more objects");
  objects[free] = object;
  resetMeter(0, computrons);
  return free;
}

/** Its number may be another's from now on. @returns whether it had it still */
export function unregister(object: NativeObject & { readonly id: number }): boolean {
  const isKnown = objects[object.id] === object;
  if (isKnown) objects[object.id] = undefined;
  return isKnown;
}

/** Does what C does on a device, where it takes no computrons. */
export function unmetered<T>(work: () => T): T {
  const computrons = resetMeter(0, 0);
  try {
    return work();
  } finally {
    resetMeter(0, computrons);
  }
}

/** @returns undefined for nothing @throws what the native threw */
export function ask(operation: number, id: number, argument = NOTHING): ArrayBuffer | undefined {
  // As `unmetered`, whose closure would count.
  const computrons = resetMeter(0, 0);
  try {
    return exchange(operation, id, argument);
  } finally {
    resetMeter(0, computrons);
  }
}

/** The same of a native that is hardly used. */
export function call(object: string, method: string, ...values: readonly unknown[]): unknown {
  return unmetered(() => {
    const answer = exchange(Operation.call, 0, encoder.encode(toJson([object, method, ...values])));
    return answer && fromJson(decoder.decode(answer));
  });
}

function exchange(operation: number, id: number, argument: Uint8Array): ArrayBuffer | undefined {
  const request = new Uint8Array(ARGUMENT_AT + argument.length);
  request[0] = operation;
  request[1] = id >> 8;
  request[2] = id;
  request.set(argument, ARGUMENT_AT);
  const answer = issueCommand(request.buffer);
  const outcome = new Uint8Array(answer)[0];
  if (outcome === Outcome.nothing) return undefined;
  if (outcome === Outcome.result) return answer.slice(1);
  const [name, message] = fromJson(decoder.decode(answer.slice(1))) as [string, string];
  const kinds: Readonly<Record<string, ErrorConstructor>> = { RangeError, SyntaxError, TypeError, URIError };
  throw new (kinds[name] ?? Error)(message);
}

export function print(text: string): void {
  ask(Operation.trace, 0, encoder.encode(text));
}

/** An int32. */
export function bytesOfNumber(value: number): Uint8Array {
  return Uint8Array.of(value >> 24, value >> 16, value >> 8, value);
}

/** What XS does on a device with what nobody catches: it tells `abort`, and the chip restarts. */
function end(error: unknown): void {
  globalThis.abort?.("unhandled exception", error);
  call("chip", "crash", String((error as Partial<Error> | undefined)?.stack ?? error));
}

const NO_ANSWER = Object.freeze({ result: new ArrayBuffer(0) });

/** What the engine does with each event. */
export function receive(event: ArrayBuffer): { readonly result: ArrayBuffer } {
  const view = new DataView(event);
  time.now = view.getFloat64(EVENT.now);
  time.wallClock = view.getFloat64(EVENT.wallClock);
  const kind = view.getUint8(EVENT.kind);
  const object = objects[view.getUint16(EVENT.object)];
  if (kind === EventKind.nothing || object === undefined) return NO_ANSWER;
  // A timer runs once.
  if (kind === EventKind.timer) objects[view.getUint16(EVENT.object)] = undefined;
  const value = view.getInt32(EVENT.value);
  resetMeter(0, 0);
  try {
    object.happened(kind, value);
  } catch (error) {
    end(error);
  }
  return NO_ANSWER;
}
