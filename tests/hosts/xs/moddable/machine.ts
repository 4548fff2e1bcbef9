import type { Timers } from "../../../../src/host/index.js";
import type { Stack } from "../../../../src/stack/index.js";

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
  /** What has killed it. Whoever runs something on the machine looks here when it is done. */
  crashed: string | undefined;

  constructor(stack: Stack, timers: Timers) {
    this.stack = stack;
    this.timers = timers;
  }

  /** From now on no callback runs and every call of the machine's classes throws, so that no `catch` can hide it. */
  crash(reason: string): never {
    this.crashed ??= reason;
    throw new MachineCrash(this.crashed);
  }

  check(): void {
    if (this.crashed !== undefined) throw new MachineCrash(this.crashed);
  }

  /** Calls into the app. What it throws ends XS: "unhandled exception". */
  call(callback: () => void): void {
    if (this.crashed !== undefined) return;
    try {
      callback();
    } catch (error) {
      this.crashed ??= `unhandled exception: ${String(error)}`;
    }
  }

  /** A message to the machine: `run` has a turn of its own. */
  post(run: () => void): void {
    this.timers.set(() => {
      if (this.crashed === undefined) run();
    }, 0);
  }

  /** Calls `run` every `interval` milliseconds. @returns what stops it */
  every(interval: number, run: () => void): () => void {
    const again = (): void => {
      timer = this.timers.set(again, interval);
      if (this.crashed === undefined) run();
    };
    let timer = this.timers.set(again, interval);
    return () => this.timers.clear(timer);
  }
}
