import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  Cable,
  corrupt,
  delay,
  duplicate,
  during,
  jitter,
  loss,
  mark,
  partition,
  reorder,
  Simulation,
  truncate,
  when,
  type CableEnd,
  type FaultRule,
} from "../../../simulator/index.js";
import { A, B, listen, makeFrame, transmit, transmitSeries } from "../support.js";

interface Bench {
  simulation: Simulation;
  cable: Cable;
  a: CableEnd;
  b: CableEnd;
  atB: string[];
  comments: (string | undefined)[];
}

function setUp(rules: readonly FaultRule[], seed = 1): Bench {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable" });
  const a = cable.plug({ name: "a", mac: A });
  const b = cable.plug({ name: "b", mac: B });
  for (const rule of rules) cable.impair(rule);
  const comments: (string | undefined)[] = [];
  cable.observe(({ comment }) => comments.push(comment));
  return { simulation, cable, a, b, atB: listen(b), comments };
}

/** What arrives of a thousand frames sent 1 ms apart. */
function carryThousand(rules: readonly FaultRule[], seed = 1): string[] {
  const { simulation, a, atB } = setUp(rules, seed);
  transmitSeries(simulation, a, 1000, 1);
  simulation.advance("1h");
  expect(simulation.frames.inUse).toBe(0);
  return atB;
}

describe("fault rules", () => {
  it("loss loses about its share", () => {
    expect(carryThousand([loss(0)])).toHaveLength(1000);
    expect(carryThousand([loss(1)])).toHaveLength(0);
    // Five standard deviations of 12.6.
    expect(Math.abs(carryThousand([loss(0.2)]).length - 800)).toBeLessThan(64);
  });

  it("marks packets whose ends understand it, and leaves others alone", () => {
    const { simulation, a, b } = setUp([mark(1)]);
    const fields: number[] = [];
    b.onReceive = (frame) => void fields.push(frame[15]!);
    const header = "00 0014 0000 4000 4006 0000 0a000001 0a000002";
    for (const field of [0, 1, 2, 3]) {
      const packet = Buffer.from(`0800 45 ${header}`.replaceAll(" ", ""), "hex");
      packet[3] = field;
      transmit(a, Uint8Array.from([...new Uint8Array(12), ...packet]));
    }
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance(1);
    expect(fields.slice(0, 4)).toEqual([0, 3, 3, 3]);
    expect(fields).toHaveLength(5);
  });

  it("delay and jitter add to the latency", () => {
    const { simulation, a, atB } = setUp([delay(30), jitter("10ms")]);
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance("1s");
    const time = Number(atB[0]?.split(" ")[0]);
    expect(time).toBeGreaterThanOrEqual(30);
    expect(time).toBeLessThan(40);
  });

  it("reorder lets later frames overtake and loses none", () => {
    const { simulation, a, atB } = setUp([when((transit) => transit.bytes[14] === 1, reorder(1, 5))]);
    transmitSeries(simulation, a, 4, 2);
    simulation.advance("1s");
    expect(atB).toEqual(["0 0", "4 2", "6 3", "7 1"]);
  });

  it("duplicate delivers twice", () => {
    const { simulation, a, atB, comments } = setUp([duplicate(1, 3)]);
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance("1s");
    expect(atB).toEqual(["0 1", "3 1"]);
    expect(comments).toEqual(["duplicated: duplication 100%"]);
  });

  it("corrupt flips one bit", () => {
    const { simulation, a, b, comments } = setUp([corrupt(1)]);
    const sent = makeFrame(B, A, [1, 2, 3]);
    const flipped: number[] = [];
    b.onReceive = (frame, length) => {
      expect(length).toBe(sent.length);
      let bits = 0;
      sent.forEach((byte, index) => {
        for (let rest = byte ^ frame[index]!; rest !== 0; rest &= rest - 1) bits++;
      });
      flipped.push(bits);
    };
    for (let index = 0; index < 50; index++) transmit(a, sent);
    simulation.advance("1s");
    expect(flipped).toEqual(new Array(50).fill(1));
    expect(comments[0]).toBe("changed: corruption 100%");
  });

  it("truncate cuts frames short", () => {
    const { simulation, a, b } = setUp([truncate(1)]);
    const lengths: number[] = [];
    b.onReceive = (_, length) => lengths.push(length);
    for (let index = 0; index < 200; index++) transmit(a, makeFrame(B, A, [1, 2, 3]));
    simulation.advance("1s");
    expect(Math.min(...lengths)).toBe(0);
    expect(Math.max(...lengths)).toBe(16);
  });

  it("partition may be one-sided, and heals", () => {
    const { simulation, cable, a, b, atB } = setUp([]);
    const atA = listen(a);
    const heal = cable.impair(partition(), { from: a });
    const talk = (payload: number): void => {
      transmit(a, makeFrame(B, A, [payload]));
      transmit(b, makeFrame(A, B, [payload]));
      simulation.advance(1);
    };
    talk(1);
    heal();
    talk(2);
    const healToo = cable.impair(partition(), { to: a });
    talk(3);
    healToo();
    talk(4);
    expect(atA.map((arrival) => arrival.split(" ")[1])).toEqual(["1", "2", "4"]);
    expect(atB.map((arrival) => arrival.split(" ")[1])).toEqual(["2", "3", "4"]);
  });

  it("during works in its time only", () => {
    const { simulation, a, atB } = setUp([during(2, 4, partition())]);
    transmitSeries(simulation, a, 6, 1);
    simulation.advance("1s");
    expect(atB).toEqual(["0 0", "1 1", "4 4", "5 5"]);
  });

  it("may be written by hand", () => {
    let seen = 0;
    const secondLost: FaultRule = {
      name: "second frame lost",
      apply: (transit) => (++seen === 2 ? transit.drop() : undefined),
    };
    const { simulation, a, atB, comments } = setUp([secondLost]);
    transmitSeries(simulation, a, 3, 1);
    simulation.advance("1s");
    expect(atB).toEqual(["0 0", "2 2"]);
    expect(comments).toEqual([undefined, "dropped: second frame lost", undefined]);
  });

  it.each([-0.1, 1.1, Number.NaN])("refuse the probability %d", (probability) => {
    expect(() => loss(probability)).toThrow("a probability is between 0 and 1 (EINVAL)");
  });
});

describe("composed fault rules", () => {
  it("see what those before them left", () => {
    const lengths: number[] = [];
    const look: FaultRule = { name: "look", apply: (transit) => void lengths.push(transit.length) };
    const cut: FaultRule = { name: "cut", apply: (transit) => transit.truncate(10) };
    const { simulation, a, comments } = setUp([look, cut, look, partition(), look]);
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance(1);
    expect(lengths).toEqual([15, 10]);
    expect(comments).toEqual(["truncated: cut; dropped: partition"]);
  });

  it("decide about both copies of a frame apart", () => {
    let asked = 0;
    const firstLost: FaultRule = {
      name: "first lost",
      apply: (transit) => (++asked === 1 ? transit.drop() : undefined),
    };
    const { simulation, a, atB } = setUp([duplicate(1, 5), firstLost]);
    transmit(a, makeFrame(B, A, [1]));
    simulation.advance("1s");
    expect(asked).toBe(2);
    expect(atB).toHaveLength(1);
  });

  it("never write into a frame that others hold", () => {
    const scribble: FaultRule = { name: "scribble", apply: (transit) => void transit.edit().fill(0xee, 14) };
    const { simulation, a, b, cable, atB } = setUp([duplicate(1, 1), scribble, duplicate(1, 2)]);
    const seen: number[] = [];
    cable.observe(({ bytes }) => seen.push(bytes[14]!));
    const shared = simulation.frames.copy(makeFrame(B, A, [1]), 15);
    a.send(shared);
    simulation.advance("1s");
    expect(shared.bytes[14]).toBe(1);
    expect(seen).toEqual([1]);
    expect(atB.map((arrival) => arrival.split(" ")[1])).toEqual(["238", "238", "238", "238"]);
    expect(b.up).toBe(true);
    shared.release();
    expect(simulation.frames.inUse).toBe(0);
  });

  it("draw from streams of their own: one more changes nothing for the others", () => {
    const lost = (rules: readonly FaultRule[]): string[] =>
      carryThousand(rules).map((arrival) => arrival.split(" ")[1]!);
    const alone = lost([loss(0.2)]);
    expect(lost([corrupt(0), loss(0.2), jitter(0.001), duplicate(0)])).toEqual(alone);
    expect(lost([loss(0.2), loss(0.2)])).not.toEqual(alone);
  });

  it("give the same trace for the same seed, and account for every frame", () => {
    const rule = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }).map(loss),
      fc.double({ min: 0, max: 1, noNaN: true }).map((p) => reorder(p, 7)),
      fc.double({ min: 0, max: 1, noNaN: true }).map((p) => duplicate(p, 2)),
      fc.double({ min: 0, max: 1, noNaN: true }).map(corrupt),
      fc.double({ min: 0, max: 1, noNaN: true }).map(truncate),
      fc.nat(50).map(jitter),
    );
    const run = (rules: readonly FaultRule[], seed: number): string[] => {
      const { simulation, a, atB } = setUp(rules, seed);
      transmitSeries(simulation, a, 50, 3);
      simulation.advance("1h");
      expect(simulation.frames.inUse).toBe(0);
      return atB;
    };
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), fc.integer(), (rules, seed) => {
        expect(run(rules, seed)).toEqual(run(rules, seed));
      }),
    );
  });
});
