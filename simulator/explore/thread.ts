/** What a worker thread runs. */
import { parentPort, workerData } from "node:worker_threads";
import { describeFailure } from "./attempt.js";
import { importScenario } from "./load.js";
import type { Answer, Drawn, Order, ThreadData } from "./messages.js";
import { LocalRunner } from "./runner.js";

const port = parentPort!;
const answer = (message: Answer | Drawn): void => port.postMessage(message);

async function begin({ scenario, options }: ThreadData): Promise<void> {
  const runner = new LocalRunner(await importScenario(scenario), options, (drawn) => answer({ drawn }));
  /** The first promise that a run has left to fail with nobody to hear it. */
  let unheard: unknown;
  process.on("unhandledRejection", (error) => (unheard ??= error));
  port.on("message", (order: Order) => void obey(order));
  async function obey(order: Order): Promise<void> {
    if ("shrink" in order) return answer({ shrunk: await runner.shrink(order.shrink) });
    unheard = undefined;
    const attempt = await runner.run(order.run);
    const failure = unheard === undefined ? undefined : describeFailure(unheard);
    answer({ attempt: failure === undefined ? attempt : { failure, ...attempt } });
  }
  answer({ ready: true });
}

begin(workerData as ThreadData).catch((error: unknown) => answer({ error: describeFailure(error).reason }));
