import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { stateName, type Profile } from "../../src/stack/index.js";
import { Cable, Simulation, corrupt, duplicate, loss, reorder } from "../../simulator/index.js";
import { Transfer, twoHosts } from "./support/transfer.js";

interface Scenario {
  readonly seed: number;
  readonly loss: number;
  readonly reordering: number;
  readonly duplication: number;
  readonly corruption: number;
  /** Milliseconds one way. */
  readonly latency: number;
  /** Bytes that the client sends, and the server. */
  readonly up: number;
  readonly down: number;
  readonly profiles: readonly [Profile, Profile];
  /** Bytes an application writes at a time, at most. */
  readonly chunk: number;
}

/** How long any of these may take, outages while a damaged ARP entry ages included. */
const PATIENCE = "30m";
/** After this nothing may be left of it: longer than TIME-WAIT and than an ARP entry's life. */
const AFTERMATH = "10m";

function run(scenario: Scenario): void {
  const { seed, latency, up, down, profiles, chunk } = scenario;
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable", latency });
  cable.impair(loss(scenario.loss));
  cable.impair(duplicate(scenario.duplication, 3));
  cable.impair(reorder(scenario.reordering, 2 * latency + 1));
  cable.impair(corrupt(scenario.corruption));
  const [client, server] = twoHosts(simulation, cable, [{ profile: profiles[0] }, { profile: profiles[1] }]);
  const transfer = new Transfer(client, server, { up, down, chunk });
  const finished = simulation.advanceUntil(() => transfer.isOver, { within: PATIENCE });
  expect({ finished, failures: transfer.failures }).toEqual({ finished: true, failures: [] });
  expect(transfer.isIntact).toBe(true);

  transfer.stopListening();
  simulation.advance(AFTERMATH);
  for (const { name, stack } of [client, server]) {
    const left = {
      endpoints: stack.tcp.endpoints.all().map(({ state }) => stateName(state)),
      timers: stack.timers.size,
    };
    expect([name, left]).toEqual([name, { endpoints: [], timers: 0 }]);
    expect(stack.nextPoll).toBe(Infinity);
  }
  expect(simulation.frames.inUse).toBe(0);
}

const profile = fc.constantFrom<Profile>("device", "host");
const rate = (max: number) => fc.double({ min: 0, max, noNaN: true });

/** fast-check prints a failing scenario, its simulation's seed included: `run` replays it. */
const scenarios = fc.record({
  seed: fc.nat(),
  loss: rate(0.1),
  reordering: rate(0.2),
  duplication: rate(0.1),
  corruption: rate(0.02),
  latency: fc.constantFrom(0, 1, 10, 100),
  up: fc.oneof(fc.nat(100), fc.nat(60_000)),
  down: fc.oneof(fc.nat(100), fc.nat(60_000)),
  profiles: fc.tuple(profile, profile),
  chunk: fc.constantFrom(1_000, 7, 100_000),
});

const CLEAN: Scenario = {
  seed: 1,
  loss: 0,
  reordering: 0,
  duplication: 0,
  corruption: 0,
  latency: 10,
  up: 100_000,
  down: 100_000,
  profiles: ["device", "host"],
  chunk: 1_000,
};

describe("two stacks on a cable", () => {
  it.each<[string, Partial<Scenario>]>([
    ["nothing goes wrong", {}],
    ["a tenth of the frames is lost", { loss: 0.1 }],
    ["a fifth of the frames overtakes", { reordering: 0.2 }],
    ["every second frame comes twice", { duplication: 0.5 }],
    ["one bit in fifty frames is flipped", { corruption: 0.02 }],
  ])("deliver exactly the bytes sent, both ways, when %s", (_, faults) => {
    run({ ...CLEAN, ...faults });
  });

  it("do so under whatever faults, and leave nothing behind", () => {
    fc.assert(fc.property(scenarios, run), { numRuns: 100 });
  });
});
