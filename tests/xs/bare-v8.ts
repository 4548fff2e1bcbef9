import { createContext, runInContext, type Context } from "node:vm";
import type { Engine, EngineReply, EngineUsage } from "./engine.js";

const NOT_MEASURED: EngineUsage = Object.freeze({ compute: 0, currentHeapCount: 0, allocate: 0 });

interface Handler {
  handleCommand?: (request: ArrayBuffer) => { readonly result: ArrayBuffer };
}

/** The same contract on V8, in a world with nothing but the language: what XS does is compared with it. */
export class BareV8 implements Engine {
  readonly #world: Context & Handler = createContext({});

  async evaluate(script: string): Promise<EngineReply> {
    runInContext(script, this.#world);
    await promiseJobs();
    return { bytes: new Uint8Array(), usage: NOT_MEASURED };
  }

  async command(request: Uint8Array): Promise<EngineReply> {
    if (this.#world.handleCommand === undefined) throw new Error("the script set no handleCommand");
    const answer = this.#world.handleCommand(Uint8Array.from(request).buffer);
    await promiseJobs();
    return { bytes: new Uint8Array(answer.result), usage: NOT_MEASURED };
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** Node takes a macrotask only when no promise job is left. */
function promiseJobs(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
