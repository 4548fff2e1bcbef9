import { expect } from "@jest/globals";
import { Cable, Simulation, type FaultRule } from "../../../simulator/index.js";
import { A, B, listen, makeFrame, transmit } from "../support.js";

export interface Carried {
  /** The number of each frame that arrived, and when. */
  readonly arrivals: readonly { readonly time: number; readonly index: number }[];
  readonly comments: readonly (string | undefined)[];
}

/** Sends frames of `length` bytes, `interval` ms apart, over a cable with such a rule. */
export function carry(
  rule: FaultRule,
  {
    count,
    interval,
    length = 16,
    seed = 1,
  }: { count: number; interval: number; length?: number; seed?: number },
): Carried {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable" });
  const a = cable.plug({ name: "a", mac: A });
  const atB = listen(cable.plug({ name: "b", mac: B }));
  cable.impair(rule);
  const comments: (string | undefined)[] = [];
  cable.observe(({ comment }) => comments.push(comment));
  for (let index = 0; index < count; index++) {
    const payload = [index >> 8, index & 0xff, ...new Array<number>(length - 16).fill(0)];
    simulation.schedule(index * interval, () => transmit(a, makeFrame(B, A, payload)));
  }
  simulation.advance("1d");
  expect(simulation.frames.inUse).toBe(0);
  const arrivals = atB.map((line) => {
    const [time, payload] = line.split(" ") as [string, string];
    const [high, low] = payload.split(",").map(Number) as [number, number];
    return { time: Number(time), index: high * 256 + low };
  });
  return { arrivals, comments };
}
