import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Cable, Simulation, corrupt, duplicate, loss, reorder } from "../../../simulator/index.js";
import { Transfer, twoHosts } from "../support/transfer.js";
import { promisedThroughput } from "./golden.js";
import { LINK_RATE, QUEUE } from "./transfer.js";

/** What goes wrong on a path, as parts of the frames; together at most the table's worst. */
interface Scenario {
  readonly seed: number;
  readonly rtt: number;
  readonly faults: readonly [loss: number, corruption: number, reordering: number, duplication: number];
  readonly buffer: number;
  readonly bytes: number;
}

const WORST = 0.05;
/** How much longer than the table promises a transfer may take. */
const FACTOR = 3;
/** What the table does not count, in ms: a handshake that loses segments, and slow start. */
const BEGINNING = 3_000;

function durationOf({ seed, rtt, faults, buffer, bytes }: Scenario): number {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, {
    name: "cable",
    latency: rtt / 2,
    bandwidth: LINK_RATE,
    queueLimit: QUEUE,
  });
  const tcp = { receiveBuffer: buffer, sendBuffer: buffer };
  const [client, server] = twoHosts(simulation, cable, [{ tcp }, { tcp }]);
  const transfer = new Transfer(client, server, { up: bytes, down: 0 });
  // The neighbors have found each other before anything goes wrong.
  simulation.advance(rtt + 1);
  const [lost, corrupted, reordered, duplicated] = faults;
  cable.impair(loss(lost));
  cable.impair(corrupt(corrupted));
  cable.impair(reorder(reordered, rtt / 2));
  cable.impair(duplicate(duplicated, rtt / 2));
  simulation.advanceUntil(() => transfer.isOver, { within: "30m" });
  expect(transfer.failures).toEqual([]);
  expect(transfer.isIntact).toBe(true);
  return simulation.now();
}

const fault = fc.double({ min: 0, max: WORST / 4, noNaN: true });
const scenarios = fc.record({
  seed: fc.nat(),
  rtt: fc.integer({ min: 1, max: 100 }),
  faults: fc.tuple(fault, fault, fault, fault),
  buffer: fc.integer({ min: 8, max: 1024 }).map((kib) => kib * 1024),
  bytes: fc.integer({ min: 1, max: 1_000_000 }),
});

describe("a transfer over a path where things go wrong", () => {
  it(`ends within ${FACTOR} times what docs/throughput.md promises`, () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { rtt, faults, buffer, bytes } = scenario;
        const worst = faults.reduce((sum, part) => sum + part);
        const promised = (bytes * 8000) / promisedThroughput({ rtt, loss: worst, buffer });
        expect(durationOf(scenario)).toBeLessThan(FACTOR * (promised + BEGINNING));
      }),
      { numRuns: 100 },
    );
  });
});
