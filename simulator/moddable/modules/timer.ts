import { closedError } from "../platform/options.js";
import type { ModuleHost } from "./module-host.js";

type Callback = (timer: object) => void;

interface NativeTimer {
  readonly callback: Callback;
  repeat: number;
  /** Ends what is scheduled; undefined if nothing is. */
  stop: (() => void) | undefined;
}

/** `timer`, as read from SDK 8.2.3: milliseconds are cut to integers of 32 bits. */
export function createTimer({ machine, realm }: ModuleHost) {
  const timers = new WeakMap<object, NativeTimer>();

  const schedule = (handle: object, timer: NativeTimer, delay: number, repeat: number): void => {
    timer.stop?.();
    timer.repeat = repeat;
    timer.stop = machine.after(Math.max(0, delay), () => fire(handle, timer));
  };

  const fire = (handle: object, timer: NativeTimer): void => {
    const { repeat } = timer;
    if (repeat > 0) schedule(handle, timer, repeat, repeat);
    else timer.stop = undefined;
    machine.call(() => timer.callback.call(realm.global, handle));
    // One that has run and was not scheduled for more is no timer any more.
    if (timer.repeat === 0) timers.delete(handle);
  };

  const create = (callback: Callback, delay: number, repeat: number): object => {
    const handle = new realm.intrinsics.Object();
    const timer: NativeTimer = { callback, repeat, stop: undefined };
    timers.set(handle, timer);
    schedule(handle, timer, delay, repeat);
    return handle;
  };

  return {
    set: (callback: Callback, delay?: unknown, repeat?: unknown) =>
      create(callback, integer(delay), integer(repeat)),
    repeat: (callback: Callback, interval?: unknown) => {
      return create(callback, integer(interval), integer(interval));
    },
    /** Without an interval the timer waits until it is scheduled again. @throws SyntaxError for one that is over */
    schedule: (handle: object, ...times: unknown[]) => {
      const timer = timers.get(handle);
      if (timer === undefined) throw closedError();
      if (times.length > 0) return schedule(handle, timer, integer(times[0]), integer(times[1]));
      timer.stop?.();
      timer.stop = undefined;
    },
    /** What is no timer, or none any more, is ignored. */
    clear: (handle?: object) => {
      const timer = handle === undefined ? undefined : timers.get(handle);
      timer?.stop?.();
      if (handle !== undefined) timers.delete(handle);
    },
    /** On a board nothing else runs meanwhile; here no time passes while code runs. */
    delay: () => undefined,
  };
}

function integer(value: unknown): number {
  return Number(value ?? 0) | 0;
}
