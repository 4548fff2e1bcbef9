import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NetworkError } from "../../../src/error/index.js";
import { FAULT_KINDS, faultOf, type FaultSpec } from "../../../simulator/index.js";

describe("a fault's specification", () => {
  it.each<[FaultSpec, string]>([
    [{ loss: 0.2 }, "loss 20%"],
    [{ loss: "20%" }, "loss 20%"],
    [{ loss: { probability: "0.5%" } }, "loss 0.5%"],
    [{ bursts: { enter: "1%", leave: "30%" } }, "bursts 1% to 30%"],
    [{ delay: "1s" }, "delay 1000 ms"],
    [{ delay: 30 }, "delay 30 ms"],
    [{ jitter: "10ms" }, "jitter 10 ms"],
    [{ reorder: { probability: 0.1, by: "30ms" } }, "reordering 10%"],
    [{ reorder: 0.1 }, "reordering 10%"],
    [{ duplicate: 1 }, "duplication 100%"],
    [{ corrupt: 0.001 }, "corruption 0.1%"],
    [{ truncate: 0 }, "truncation 0%"],
    [{ mark: 1 }, "marking 100%"],
    [{ bandwidth: "64kbit/s" }, "bandwidth 64 kbit/s"],
    [{ bandwidth: { rate: 1e6, queue: 3000, discipline: "red" } }, "bandwidth 1000 kbit/s"],
    [{ "mtu-black-hole": 1400 }, "MTU black hole 1400"],
    ["partition", "partition"],
  ])("%j is %s", (spec, name) => {
    expect(faultOf(spec).name).toBe(name);
  });

  it.each<[FaultSpec, string]>([
    ["fire", "there are loss, bursts"],
    ["constructor", "there are loss"],
    ["loss", "loss.probability: it is missing"],
    [{}, "want one fault"],
    [{ loss: 1, delay: 1 }, "want one fault"],
    [{ loss: 20 }, 'loss.probability 20: want 0 to 1, or "20%"'],
    [{ loss: "twenty" }, "want 0 to 1"],
    [{ loss: { rate: 1 } }, "loss.rate: want probability"],
    [{ partition: 1 }, "partition.value: want no figure"],
    [{ delay: "1y" }, "parse duration 1y"],
    [{ bandwidth: "fast" }, "want bits a second"],
    [{ bandwidth: { rate: 1, discipline: "blue" } }, "want tail-drop or red"],
    [{ "mtu-black-hole": "1400" }, "want bytes"],
  ])("%j is refused: %s", (spec, message) => {
    expect(() => faultOf(spec)).toThrow(message);
  });

  it("makes a rule or says why not, whatever it is", () => {
    const name = fc.oneof(fc.constantFrom(...Object.keys(FAULT_KINDS)), fc.string());
    const spec = fc.oneof(name, fc.dictionary(name, fc.anything(), { maxKeys: 2 }));
    fc.assert(
      fc.property(spec, (given) => {
        try {
          expect(typeof faultOf(given).name).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(NetworkError);
        }
      }),
    );
  });

  it("has figures that a form can show: ranges that make a rule at both ends", () => {
    for (const [name, { figures, make, summary }] of Object.entries(FAULT_KINDS)) {
      expect(summary).toMatch(/^[a-z]/);
      for (const end of [0, 1] as const) {
        const values: Record<string, number> = {};
        const words: Record<string, string> = {};
        for (const [figure, { kind, range, fallback }] of Object.entries(figures)) {
          if (typeof kind === "string") values[figure] = range![end];
          else words[figure] = fallback as string;
        }
        expect(make(values, words).name).not.toBe("");
        if (Object.keys(figures).length > 0)
          expect(faultOf({ [name]: { ...values, ...words } })).toBeDefined();
      }
    }
  });
});
