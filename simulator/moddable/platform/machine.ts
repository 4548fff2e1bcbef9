import type { Timers } from "../../../src/host/index.js";
import type { Stack } from "../../../src/stack/index.js";

/** What a call ends with on a machine that is dead; on the real one there is nothing left that could throw. */
export class MachineCrash extends Error {
  override readonly name = "MachineCrash";
}

/** The machine that Moddable's classes run on: its network is a stack of this project, its time is virtual. */
export class Machine {
  readonly stack: Stack;
  readonly timers: Timers;
  /** False before Wi-Fi has come up; only ESP32 knows that state. */
  hasNetwork = true;
  /** Sockets that were made for nobody: each keeps its memory for good. */
  leaked = 0;
  /** Told once what has killed it: what the app has thrown, or a MachineCrash. */
  onCrash: ((error: unknown) => void) | undefined;
  #crashed: string | undefined;

  constructor(stack: Stack, timers: Timers) {
    this.stack = stack;
    this.timers = timers;
  }

  /** What has killed it. Whoever runs something on the machine looks here when it is done. */
  get crashed(): string | undefined {
    return this.#crashed;
  }

  /** From now on no callback runs and every call of the machine's classes throws, so that no `catch` can hide it. */
  crash(reason: string): never {
    this.die(reason);
    throw new MachineCrash(this.#crashed);
  }

  /** `crash` where nobody has called who could be thrown at. */
  die(reason: string, error: unknown = new MachineCrash(reason)): void {
    if (this.#crashed !== undefined) return;
    this.#crashed = reason;
    this.onCrash?.(error);
  }

  check(): void {
    if (this.#crashed !== undefined) throw new MachineCrash(this.#crashed);
  }

  /** Calls into the app. What it throws ends XS: "unhandled exception". */
  call(callback: () => void): void {
    if (this.#crashed !== undefined) return;
    try {
      callback();
    } catch (error) {
      this.die(`unhandled exception: ${String(error)}`, error);
    }
  }

  /** A message to the machine: `run` has a turn of its own. */
  post(run: () => void): void {
    this.after(0, run);
  }

  /** Calls `run` in so many milliseconds. @returns what stops it */
  after(delay: number, run: () => void): () => void {
    const timer = this.timers.set(() => {
      if (this.#crashed === undefined) run();
    }, delay);
    return () => this.timers.clear(timer);
  }

  /** Calls `run` every `interval` milliseconds. @returns what stops it */
  every(interval: number, run: () => void): () => void {
    const again = (): void => {
      stop = this.after(interval, again);
      run();
    };
    let stop = this.after(interval, again);
    return () => stop();
  }
}
