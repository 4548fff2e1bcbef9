import { describe, expect, it } from "@jest/globals";
import { bursts, Cable, Simulation } from "../../../simulator/index.js";
import { A, B, listen, makeFrame, transmit } from "../support.js";
import { carry } from "./bench.js";

/** How long the runs of lost frames were. */
function runsOf(arrived: ReadonlySet<number>, count: number): number[] {
  const runs: number[] = [];
  let run = 0;
  for (let index = 0; index <= count; index++) {
    if (index < count && !arrived.has(index)) run++;
    else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  return runs;
}

describe("bursts", () => {
  it("are as frequent and as long as their figures say", () => {
    const count = 20_000;
    const { arrivals } = carry(bursts({ enter: 0.02, leave: 0.2 }), { count, interval: 1 });
    const runs = runsOf(new Set(arrivals.map(({ index }) => index)), count);
    const lost = count - arrivals.length;
    // The stationary share of the bad state is 1/11, a burst's mean length 5: both within four standard errors.
    expect(Math.abs(lost / count - 1 / 11)).toBeLessThan(0.02);
    expect(Math.abs(lost / runs.length - 5)).toBeLessThan(1);
  });

  it("may let some through, and lose some between them", () => {
    const count = 10_000;
    const { arrivals } = carry(bursts({ enter: 0.5, leave: 0.5, bad: 0.4, good: 0.2 }), {
      count,
      interval: 1,
    });
    expect(Math.abs(arrivals.length / count - 0.7)).toBeLessThan(0.03);
  });

  it("have a channel of their own in each direction", () => {
    const simulation = new Simulation();
    const cable = new Cable(simulation, { name: "cable" });
    const [a, b] = [cable.plug({ name: "a", mac: A }), cable.plug({ name: "b", mac: B })];
    const [atA, atB] = [listen(a), listen(b)];
    cable.impair(bursts({ enter: 1, leave: 0 }), { from: a });
    cable.impair(bursts({ enter: 0, leave: 1 }), { from: b });
    transmit(a, makeFrame(B, A, [1]));
    transmit(b, makeFrame(A, B, [2]));
    simulation.advance(1);
    expect([atA, atB]).toEqual([["0 2"], []]);
  });

  it("are refused with figures that are no probabilities", () => {
    expect(() => bursts({ enter: 2, leave: 0.1 })).toThrow("bursts rule 2");
    expect(() => bursts({ enter: 0.1, leave: 0.1, bad: -1 })).toThrow("a probability is between 0 and 1");
  });
});
