import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address } from "../../src/address/index.js";
import type { Tcp } from "../../src/host/index.js";
import { stateName, type Profile } from "../../src/stack/index.js";
import {
  Cable,
  SimulatedHost,
  Simulation,
  corrupt,
  duplicate,
  loss,
  reorder,
} from "../../simulator/index.js";
import { pattern } from "./support/segment-spec.js";

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

/** One end: sends its bytes, reads the other's, and closes when both are done. */
class End {
  readonly received: Buffer[] = [];
  readonly failures: string[] = [];
  done = false;
  #sent = 0;
  #count = 0;

  constructor(
    private readonly toSend: Uint8Array,
    private readonly toReceive: number,
    private readonly chunk: number,
  ) {}

  callbacks() {
    return {
      target: this,
      onWritable(this: Tcp, room: number) {
        (this.target as End).send(this, room);
      },
      onReadable(this: Tcp) {
        (this.target as End).receive(this);
      },
      onEnd: () => undefined,
      onError: (error?: Error) => void this.failures.push(String(error)),
    };
  }

  receive(socket: Tcp): void {
    const bytes = Buffer.from(socket.read() as ArrayBuffer);
    this.received.push(bytes);
    this.#count += bytes.length;
    this.#closeIfDone(socket);
  }

  send(socket: Tcp, room: number): void {
    while (room > 0 && this.#sent < this.toSend.length) {
      const count = Math.min(room, this.chunk, this.toSend.length - this.#sent);
      room = socket.write(this.toSend.subarray(this.#sent, this.#sent + count));
      this.#sent += count;
    }
    this.#closeIfDone(socket);
  }

  #closeIfDone(socket: Tcp): void {
    if (this.done || this.#sent < this.toSend.length || this.#count < this.toReceive) return;
    this.done = true;
    socket.close();
  }
}

function run(scenario: Scenario): void {
  const { seed, latency, up, down, profiles, chunk } = scenario;
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable", latency });
  cable.impair(loss(scenario.loss));
  cable.impair(duplicate(scenario.duplication, 3));
  cable.impair(reorder(scenario.reordering, 2 * latency + 1));
  cable.impair(corrupt(scenario.corruption));
  const [client, server] = (["client", "server"] as const).map((name, i) => {
    const host = new SimulatedHost(simulation, { name, cable, stack: { profile: profiles[i]! } });
    const address = Ipv4Address.parse(`10.0.0.${i + 1}`);
    host.network.configure({ address, prefixLength: 24, dns: [] });
    return host;
  }) as [SimulatedHost, SimulatedHost];

  const upwards = pattern(0, up);
  const downwards = pattern(1000, down);
  const serving = new End(downwards, up, chunk);
  const listener = new server.stack.io.Listener({
    port: 80,
    onReadable() {
      new server.stack.io.TCP({ from: this.read()!, ...serving.callbacks() });
    },
  });
  let asking = new End(upwards, down, chunk);
  const connect = (): void => {
    asking = new End(upwards, down, chunk);
    const callbacks = asking.callbacks();
    new client.stack.io.TCP({
      address: "10.0.0.2",
      port: 80,
      ...callbacks,
      onError(error) {
        // Three ARP requests may all be lost; then it was never connected.
        if (String(error).includes("EHOSTUNREACH")) connect();
        else callbacks.onError(error);
      },
    });
  };
  connect();

  const finished = simulation.advanceUntil(
    () => (asking.done && serving.done) || asking.failures.length + serving.failures.length > 0,
    { within: PATIENCE },
  );
  expect({ finished, failures: [asking.failures, serving.failures] }).toEqual({
    finished: true,
    failures: [[], []],
  });
  expect(Buffer.concat(serving.received).equals(upwards)).toBe(true);
  expect(Buffer.concat(asking.received).equals(downwards)).toBe(true);

  listener.close();
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
