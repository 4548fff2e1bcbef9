import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { loss } from "../../simulator/index.js";
import { Canceller, type TcpSocket } from "../../src/socket/index.js";
import { type Network, simulated, type Pair } from "./network.js";

/** One thing that a program does with its end. */
type Step =
  | { readonly kind: "send" | "sendAll"; readonly length: number }
  | { readonly kind: "recv" | "recvInto"; readonly max: number; readonly timeout: number }
  | { readonly kind: "cancel"; readonly after: number }
  | { readonly kind: "pause"; readonly ms: number };

const length = fc.integer({ min: 0, max: 9_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("send", "sendAll"), length }),
  fc.record({
    kind: fc.constantFrom("recv", "recvInto"),
    max: fc.integer({ min: 1, max: 6_000 }),
    timeout: fc.constantFrom(0, 1, 3, 500),
  }),
  fc.record({ kind: fc.constant("cancel"), after: fc.nat({ max: 20 }) }),
  fc.record({ kind: fc.constant("pause"), ms: fc.nat({ max: 400 }) }),
);

/** A program's end of a connection: what it has sent and received so far. */
class End {
  readonly received: number[] = [];
  sent = 0;

  constructor(
    private readonly network: Network,
    private readonly socket: TcpSocket,
    /** The first byte that it sends; the next is one more, modulo 251. */
    private readonly first: number,
  ) {}

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#do(step);
    await this.socket.shutdown("write");
    for await (const bytes of this.socket) this.received.push(...bytes);
    await this.socket.close();
  }

  get allSent(): number[] {
    return Array.from({ length: this.sent }, (_, at) => (this.first + at) % 251);
  }

  async #do(step: Step): Promise<void> {
    switch (step.kind) {
      case "send":
        this.sent += await this.socket.send(this.#next(step.length));
        break;
      case "sendAll":
        await this.socket.sendAll(this.#next(step.length));
        this.sent += step.length;
        break;
      case "recv":
        await this.#take(this.socket.recv(step.max, step));
        break;
      case "recvInto": {
        const buffer = new Uint8Array(step.max);
        await this.#take(this.socket.recvInto(buffer, step).then((count) => buffer.subarray(0, count)));
        break;
      }
      case "cancel": {
        const canceller = new Canceller();
        this.network.simulation.schedule(step.after, () => canceller.cancel());
        const wait = { signal: canceller.signal };
        await Promise.all([this.#take(this.socket.recv(10, wait)), this.#take(this.socket.recv(9, wait))]);
        break;
      }
      case "pause":
        await this.network.wait(step.ms);
    }
  }

  async #take(call: Promise<Uint8Array>): Promise<void> {
    try {
      this.received.push(...(await call));
    } catch (error) {
      if (!/ETIMEDOUT|ECANCELED/.test(String(error))) throw error;
    }
  }

  #next(length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, at) => (this.first + this.sent + at) % 251);
  }
}

it("whatever both ends do, and whatever is lost on the way, each receives what the other has sent", async () => {
  const program = fc.array(step, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(program, program, fc.nat(), fc.constantFrom(0, 0.1), async (near, far, seed, rate) => {
      const run = simulated(
        async (network) => {
          const pair: Pair = await network.pair();
          network.cable.impair(loss(rate));
          const ends = [new End(network, pair.near, 0), new End(network, pair.far, 100)] as const;
          // All they send fits into the buffers of both, so that neither waits for the other for ever.
          await Promise.all([ends[0].run(near), ends[1].run(far)]);
          expect(ends[1].received).toEqual(ends[0].allSent);
          expect(ends[0].received).toEqual(ends[1].allSent);
        },
        { seed },
      );
      await run();
    }),
    { numRuns: 40 },
  );
});
