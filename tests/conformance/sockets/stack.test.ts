import { describe } from "@jest/globals";
import { describeSuite } from "./describe-suite.js";
import { lanWorld, loopbackWorld, type SimulatedWorld } from "./simulated.js";
import type { SocketCase } from "./suite/case.js";
import { runCase } from "./suite/run.js";

/** What decides which segments are lost; SOCKET_SEED sets another one. */
const SEED = Number(process.env.SOCKET_SEED ?? 1);
const LOSS_RATE = 0.05;

/** Lets virtual time pass until the case is over. */
async function play(test: SocketCase, { simulation, world }: SimulatedWorld): Promise<void> {
  let isOver = false;
  const running = runCase(test, world).finally(() => (isOver = true));
  // It is awaited below; until then nobody else handles its failure.
  running.catch(() => undefined);
  await simulation.until(() => isOver, { within: 2 * world.patience });
  await running;
}

describe("sockets on one stack, over its loopback", () => {
  describeSuite("stack, loopback", (test) => play(test, loopbackWorld()));
});

describe(`sockets between two stacks that lose ${LOSS_RATE * 100} % of the segments (seed ${SEED})`, () => {
  describeSuite("stack, lossy LAN", (test) => play(test, lanWorld({ seed: SEED, lossRate: LOSS_RATE })));
});
