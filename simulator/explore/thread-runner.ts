import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { NetworkError } from "../../src/error/index.js";
import type { Attempt } from "./attempt.js";
import type { Schedule } from "../lan/index.js";
import type { Answer, Drawn, Order, ThreadData } from "./messages.js";
import type { Runner } from "./runner.js";
import type { Shrunk } from "./shrink.js";

/** Real ms that one seed may take: a run that long has lost itself. */
export const SEED_LIMIT = 300_000;

const SOURCE = new URL("thread.ts", import.meta.url);

/** In a thread of its own. */
export class ThreadRunner implements Runner {
  readonly #data: ThreadData;
  readonly #limit: number;
  #worker: Worker | undefined;

  /** @param limit real ms for each seed */
  constructor(data: ThreadData, limit = SEED_LIMIT) {
    this.#data = data;
    this.#limit = limit;
  }

  async run(seed: number): Promise<Attempt> {
    const worker = await this.#ready();
    const limit = this.#limit;
    let schedule: Schedule = [];
    const answer = await ask(worker, { run: seed }, limit, (drawn) => (schedule = drawn));
    if (answer !== undefined) return (answer as { attempt: Attempt }).attempt;
    this.close();
    const reason = `still running after ${limit / 1000} s of real time`;
    return { seed, schedule, failure: { reason, kind: reason }, events: 0, time: 0 };
  }

  async shrink(failed: Attempt): Promise<Shrunk> {
    const unchanged = { schedule: failed.schedule, runs: 0 };
    if (failed.events === 0) return unchanged;
    const answer = await ask(await this.#ready(), { shrink: failed }, this.#limit);
    if (answer !== undefined) return (answer as { shrunk: Shrunk }).shrunk;
    this.close();
    return unchanged;
  }

  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Starts the thread if there is none. @throws NetworkError EINVAL if it cannot load the scenario */
  async #ready(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const worker = startThread(this.#data);
    this.#worker = worker;
    const answer = await nextAnswer(worker, Infinity);
    if (answer !== undefined && "error" in answer)
      throw new NetworkError("EINVAL", "explore", this.#data.scenario.module, answer.error);
    return worker;
  }
}

function ask(
  worker: Worker,
  order: Order,
  limit: number,
  onDrawn?: (schedule: Schedule) => void,
): Promise<Answer | undefined> {
  worker.postMessage(order);
  return nextAnswer(worker, limit, onDrawn);
}

/** @returns undefined if there is none in time */
function nextAnswer(
  worker: Worker,
  limit: number,
  onDrawn?: (schedule: Schedule) => void,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const timer = limit === Infinity ? undefined : setTimeout(() => finish(() => resolve(undefined)), limit);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      settle();
    };
    const onMessage = (message: Answer | Drawn): void => {
      if ("drawn" in message) onDrawn?.(message.drawn);
      else finish(() => resolve(message));
    };
    const onError = (error: unknown): void => finish(() => reject(error as Error));
    const onExit = (code: number): void =>
      finish(() => reject(new Error(`the thread has ended with status ${code}`)));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
  });
}

/** From the sources the thread reads TypeScript as the command does, from the package it is JavaScript. */
function startThread(workerData: ThreadData): Worker {
  if (!existsSync(SOURCE)) return new Worker(new URL("thread.js", import.meta.url), { workerData });
  const { resolve } = createRequire(import.meta.url);
  const root = new URL("../../", import.meta.url);
  const options: WorkerOptions = {
    workerData,
    execArgv: ["-r", resolve("ts-node/register"), "-r", fileURLToPath(new URL("scripts/rooms.cjs", root))],
    env: { ...process.env, TS_NODE_PROJECT: fileURLToPath(new URL("tsconfig.json", root)) },
  };
  return new Worker(SOURCE, options);
}
