import { describe } from "@jest/globals";
import { describeSuite } from "./describe-suite.js";
import { lanWorld, loopbackWorld, play } from "./simulated.js";

/** What decides which segments are lost; SOCKET_SEED sets another one. */
const SEED = Number(process.env.SOCKET_SEED ?? 1);
const LOSS_RATE = 0.05;

describe("sockets on one stack, over its loopback", () => {
  describeSuite("stack, loopback", (test) => play(test, loopbackWorld()));
});

describe(`sockets between two stacks that lose ${LOSS_RATE * 100} % of the segments (seed ${SEED})`, () => {
  describeSuite("stack, lossy LAN", (test) => play(test, lanWorld({ seed: SEED, lossRate: LOSS_RATE })));
});
