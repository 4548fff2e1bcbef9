import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { stateName, type Profile } from "../../src/stack/index.js";
import {
  Cable,
  type CableEnd,
  Simulation,
  corrupt,
  duplicate,
  during,
  loss,
  mark,
  partition,
  reorder,
} from "../../simulator/index.js";
import { Recovery } from "../../src/stack/tcp/recovery/recovery.js";
import { narrowPath } from "./support/narrow-path.js";
import { Transfer, twoHosts, type StackConfiguration } from "./support/transfer.js";

/** How one end is set up. */
interface Setting {
  readonly profile: Profile;
  readonly ecn: "off" | "passive" | "active";
  /** Bytes each way; absent: the profile's. */
  readonly buffer?: number | undefined;
}

/** From `from` on, for `length` ms, larger packets than this are lost. */
interface Bottleneck {
  readonly mtu: number;
  readonly from: number;
  readonly length: number;
  /** A router says so; else it is a black hole. */
  readonly tells: boolean;
}

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
  readonly settings: readonly [Setting, Setting];
  /** How many of the packets that understand it are marked as having met congestion. */
  readonly marks: number;
  readonly bottleneck?: Bottleneck | undefined;
  /** Nothing gets through for `length` ms, less than the user time-out. */
  readonly outage?: { readonly from: number; readonly length: number } | undefined;
  /** Each end closes its direction as soon as it has sent everything. */
  readonly halfClose: boolean;
  /** Bytes an application writes at a time, at most. */
  readonly chunk: number;
}

/** How long any of these may take, outages while a damaged ARP entry ages included. */
const PATIENCE = "30m";
/** A handshake bears an outage as long as a connection does: four minutes, not Linux's one. */
const PATIENT_RETRIES = 7;
/** Longer than PATIENCE. */
const FOR_GOOD = 3_600_000;
/** After this nothing may be left of it: longer than TIME-WAIT and than an ARP entry's life. */
const AFTERMATH = "10m";

function configuration({ profile, ecn, buffer }: Setting): StackConfiguration {
  return {
    profile,
    tcp: {
      ecn,
      synAckRetries: PATIENT_RETRIES,
      ...(buffer !== undefined && { receiveBuffer: buffer, sendBuffer: buffer }),
    },
  };
}

function run(scenario: Scenario): void {
  const { seed, latency, up, down, settings, chunk, halfClose, bottleneck, outage } = scenario;
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable", latency });
  cable.impair(loss(scenario.loss));
  cable.impair(duplicate(scenario.duplication, 3));
  cable.impair(reorder(scenario.reordering, 2 * latency + 1));
  cable.impair(corrupt(scenario.corruption));
  cable.impair(mark(scenario.marks));
  if (outage !== undefined) cable.impair(during(outage.from, outage.from + outage.length, partition()));
  const [client, server] = twoHosts(simulation, cable, [
    configuration(settings[0]),
    configuration(settings[1]),
  ]);
  if (bottleneck !== undefined) {
    const { mtu, from, length, tells } = bottleneck;
    for (const host of [client, server]) {
      const rule = during(from, from + length, narrowPath(simulation, mtu, tells ? host : undefined));
      cable.impair(rule, { from: host.link as CableEnd });
    }
  }
  const transfer = new Transfer(client, server, { up, down, chunk, halfClose });
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
    // All connections have shared it.
    expect(stack.tcp.recoveries.idle).toEqual(new Recovery());
  }
  expect(simulation.frames.inUse).toBe(0);
}

const setting: fc.Arbitrary<Setting> = fc.record({
  profile: fc.constantFrom<Profile>("device", "host"),
  ecn: fc.constantFrom("off", "passive", "active"),
  buffer: fc.constantFrom(undefined, undefined, 1024, 2048, 16 * 1024),
});
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
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
  settings: fc.tuple(setting, setting),
  marks: rate(0.3),
  bottleneck: optional(
    fc.record({
      mtu: fc.constantFrom(400, 576, 1006, 1280, 1492),
      from: fc.nat(2_000),
      length: fc.constantFrom(500, 20_000, FOR_GOOD),
      tells: fc.boolean(),
    }),
  ),
  outage: optional(fc.record({ from: fc.nat(2_000), length: fc.nat(60_000) })),
  halfClose: fc.boolean(),
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
  settings: [
    { profile: "device", ecn: "active" },
    { profile: "host", ecn: "passive" },
  ],
  marks: 0,
  halfClose: false,
  chunk: 1_000,
};

const TINY: Setting = { profile: "device", ecn: "passive", buffer: 1024 };

describe("two stacks on a cable", () => {
  it.each<[string, Partial<Scenario>]>([
    ["nothing goes wrong", {}],
    ["a tenth of the frames is lost", { loss: 0.1 }],
    ["a fifth of the frames overtakes", { reordering: 0.2 }],
    ["every second frame comes twice", { duplication: 0.5 }],
    ["one bit in fifty frames is flipped", { corruption: 0.02 }],
    ["three packets in ten are marked", { marks: 0.3 }],
    ["each end closes its own direction", { halfClose: true }],
    ["there is room for a kilobyte", { settings: [TINY, TINY] }],
    ["the path becomes narrow", { bottleneck: { mtu: 576, from: 50, length: FOR_GOOD, tells: true } }],
    [
      "the path swallows what is large",
      { bottleneck: { mtu: 576, from: 50, length: FOR_GOOD, tells: false } },
    ],
    ["the cable is out for a minute", { outage: { from: 50, length: 60_000 } }],
  ])("deliver exactly the bytes sent, both ways, when %s", (_, faults) => {
    run({ ...CLEAN, ...faults });
  });

  it("do so under whatever faults, and leave nothing behind", () => {
    fc.assert(fc.property(scenarios, run), { numRuns: 100 });
  });
});
