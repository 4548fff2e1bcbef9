import { NetworkError } from "../error/index.js";
import type { CancelSignal, TimerHandle, Timers } from "../host/index.js";

/** How long a call may wait; every call that can wait takes one last. */
export interface WaitOptions {
  /** Cancels the call: it is rejected with the signal's reason, or ECANCELED. */
  readonly signal?: CancelSignal | undefined;
  /** Ms until the call is rejected with ETIMEDOUT; Infinity: no limit; absent: as the socket's `setTimeout` said. */
  readonly timeout?: number | undefined;
}

/** The limits of a call: its own, and the socket's. */
export interface Limits {
  readonly timers: Timers;
  readonly timeout: number;
  readonly signal: CancelSignal | undefined;
}

export function isLimited({ timeout, signal }: Limits): boolean {
  return timeout !== Infinity || signal !== undefined;
}

/** What is wrong with a time limit in ms; undefined if nothing is. */
export function timeoutError(timeout: number | undefined): NetworkError | undefined {
  if (timeout === undefined || timeout >= 0) return undefined;
  return new NetworkError("EINVAL", "set time limit", String(timeout), "not a number of milliseconds");
}

/** The limits of all calls of a socket that name none. @param timeout in ms @throws NetworkError EINVAL */
export function usualLimits(timers: Timers, timeout: number): Limits {
  const error = timeoutError(timeout);
  if (error !== undefined) throw error;
  return { timers, timeout, signal: undefined };
}

/** What a call is rejected with whose signal has fired. */
export function cancellation(signal: CancelSignal, operation: string, subject?: string): unknown {
  return signal.reason ?? new NetworkError("ECANCELED", operation, subject);
}

/** Who knows of a waiter and forgets it when it is given up. */
export interface WaiterOwner {
  remove(waiter: Waiter<unknown>): void;
}

/** A call that waits. */
export class Waiter<T> {
  readonly promise: Promise<T>;
  /** The one behind it in its queue. */
  next: Waiter<unknown> | undefined;
  private readonly owner: WaiterOwner;
  private settle!: (value: unknown) => void;
  private fail!: (error: unknown) => void;
  private alarm: Alarm | undefined;

  constructor(owner: WaiterOwner) {
    this.owner = owner;
    this.promise = new Promise<T>((resolve, reject) => {
      this.settle = resolve as (value: unknown) => void;
      this.fail = reject;
    });
  }

  /** Gives up when time is over or the signal fires, and names the operation and its subject in the error. */
  limit(limits: Limits, operation: string, subject: string | undefined): void {
    this.alarm = new Alarm(limits, operation, subject, (error) => {
      this.owner.remove(this);
      this.reject(error);
    });
  }

  resolve(value: T): void {
    this.alarm?.stop();
    this.settle(value);
  }

  reject(error: unknown): void {
    this.alarm?.stop();
    this.fail(error);
  }
}

/** A timer, a listener to a signal, or both. */
class Alarm {
  readonly #limits: Limits;
  readonly #timer: TimerHandle;
  readonly #onAbort: (() => void) | undefined;

  /** @param ring is called with what the call is to be rejected with, unless `stop` was called before */
  constructor(
    limits: Limits,
    operation: string,
    subject: string | undefined,
    ring: (error: unknown) => void,
  ) {
    this.#limits = limits;
    const { timers, timeout, signal } = limits;
    if (timeout !== Infinity) {
      const detail = `not within ${timeout} ms`;
      const expire = (): void => ring(new NetworkError("ETIMEDOUT", operation, subject, detail));
      this.#timer = timers.set(expire, timeout);
    }
    if (signal !== undefined) {
      this.#onAbort = () => ring(cancellation(signal, operation, subject));
      signal.addEventListener("abort", this.#onAbort);
    }
  }

  stop(): void {
    const { timers, signal } = this.#limits;
    timers.clear(this.#timer);
    if (this.#onAbort !== undefined) signal?.removeEventListener("abort", this.#onAbort);
  }
}

/** Calls of one kind that wait for the same thing, in the order in which they came. */
export class WaitQueue<W extends Waiter<unknown>> implements WaiterOwner {
  first: W | undefined;
  private last: W | undefined;

  add(waiter: W): void {
    if (this.last === undefined) this.first = waiter;
    else this.last.next = waiter;
    this.last = waiter;
  }

  remove(waiter: Waiter<unknown>): void {
    let before: W | undefined;
    for (let at = this.first; at !== undefined; before = at, at = at.next as W | undefined) {
      if (at !== waiter) continue;
      if (before === undefined) this.first = at.next as W | undefined;
      else before.next = at.next;
      if (this.last === at) this.last = before;
      at.next = undefined;
      return;
    }
  }

  /** Takes the first one out. */
  shift(): W | undefined {
    const first = this.first;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Rejects all that wait, in order. */
  rejectAll(error: unknown): void {
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) waiter.reject(error);
  }
}

/** Waits for `work` within limits; what comes of it later is dropped. */
export function within<T>(work: Promise<T>, limits: Limits, operation: string, subject: string): Promise<T> {
  if (!isLimited(limits)) return work;
  const waiter = new Waiter<T>(NOBODY);
  waiter.limit(limits, operation, subject);
  work.then(
    (value) => waiter.resolve(value),
    (error: unknown) => waiter.reject(error),
  );
  return waiter.promise;
}

const NOBODY: WaiterOwner = Object.freeze({ remove: () => undefined });
