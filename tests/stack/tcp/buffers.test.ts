import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Assembler, MAX_RANGES } from "../../../src/stack/tcp/assembler.js";
import { Ring } from "../../../src/stack/tcp/ring.js";
import { distance } from "../../../src/stack/tcp/sequence.js";

describe("a ring", () => {
  it("gives back what was put in, in order, however it is cut up", () => {
    const step = fc.record({ put: fc.nat(20), take: fc.nat(20) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 50 }), (capacity, steps) => {
        const ring = new Ring(capacity);
        let [written, read] = [0, 0];
        for (const { put, take } of steps) {
          const count = Math.min(put, ring.free);
          ring.place(
            0,
            Uint8Array.from({ length: count }, (_, i) => written + i),
            0,
            count,
          );
          ring.commit(count);
          written += count;
          const taken = Math.min(take, ring.length);
          const target = new Uint8Array(taken + 2).fill(255);
          ring.copy(0, target, 1, taken);
          ring.discard(taken);
          const expected = Array.from({ length: taken }, (_, i) => (read + i) & 255);
          expect([...target]).toEqual([255, ...expected, 255]);
          read += taken;
          expect(ring.length + ring.free).toBe(capacity);
        }
      }),
    );
  });

  it("takes bytes ahead of their turn", () => {
    const ring = new Ring(8);
    ring.place(0, Uint8Array.of(9, 9, 9, 9, 9), 0, 5);
    ring.commit(5);
    ring.discard(5);
    ring.place(3, Uint8Array.of(0, 4, 5, 6), 1, 3);
    expect(ring.length).toBe(0);
    ring.place(0, Uint8Array.of(1, 2, 3), 0, 3);
    ring.commit(6);
    const target = new Uint8Array(4);
    ring.copy(2, target, 0, 4);
    expect([...target]).toEqual([3, 4, 5, 6]);
  });
});

describe("an assembler", () => {
  it("knows which bytes are there, as a set of them does, also where numbers wrap", () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 10 }));
    fc.assert(
      fc.property(fc.integer(), fc.array(range, { maxLength: 30 }), (base, ranges) => {
        const assembler = new Assembler();
        const there = new Set<number>();
        for (const [start, length] of ranges) {
          if (!assembler.add((base + start) | 0, (base + start + length) | 0)) {
            expect(assembler.ranges).toBe(MAX_RANGES);
            continue;
          }
          for (let i = 0; i < length; i++) there.add(start + i);
        }
        const runs = [...there].filter((byte) => !there.has(byte - 1)).length;
        expect(assembler.ranges).toBe(runs);
        let next = 0;
        for (let missing = 0; missing < 80; missing++) {
          // The byte `next` arrives, and takes along what follows it.
          expect(there.has(next)).toBe(false);
          next++;
          while (there.has(next)) next++;
          const reached = assembler.advance((base + missing + 1) | 0);
          expect(distance(reached, base | 0)).toBe(next);
          missing = next - 1;
        }
        expect(assembler.isEmpty).toBe(true);
      }),
    );
  });

  it("refuses a range too many, but not one that joins others", () => {
    const assembler = new Assembler();
    for (let i = 0; i < MAX_RANGES; i++) expect(assembler.add(10 * i, 10 * i + 5)).toBe(true);
    expect(assembler.add(1000, 1001)).toBe(false);
    expect(assembler.add(5, 10)).toBe(true);
    expect(assembler.ranges).toBe(MAX_RANGES - 1);
    expect(assembler.add(-100, 2000)).toBe(true);
    expect(assembler.ranges).toBe(1);
  });
});
