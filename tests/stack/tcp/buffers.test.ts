import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Assembler, MAX_RANGES } from "../../../src/stack/tcp/assembler.js";
import { BufferMemory, PAGE_LENGTH } from "../../../src/stack/tcp/memory.js";
import { PagedRing } from "../../../src/stack/tcp/paged-ring.js";
import { Ring, type ByteRing } from "../../../src/stack/tcp/ring.js";
import { distance } from "../../../src/stack/tcp/sequence.js";

/** Few bytes and many: so that pages matter where there are some. */
const RINGS: readonly [string, (capacity: number) => ByteRing, number][] = [
  ["a ring", (capacity) => new Ring(capacity), 1],
  ["a ring of pages", (capacity) => new PagedRing(new BufferMemory({ memoryLimit: 1e9 }), capacity), 700],
];

describe.each(RINGS)("%s", (_, newRing, scale) => {
  it("gives back what was put in, in order, however it is cut up", () => {
    const step = fc.record({ put: fc.nat(20), take: fc.nat(20) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 50 }), (capacity, steps) => {
        const ring = newRing(capacity * scale);
        let [written, read] = [0, 0];
        for (const { put, take } of steps) {
          const count = Math.min(put * scale, ring.free);
          ring.place(
            0,
            Uint8Array.from({ length: count }, (_, i) => written + i),
            0,
            count,
          );
          ring.commit(count);
          written += count;
          const taken = Math.min(take * scale, ring.length);
          const target = new Uint8Array(taken + 2).fill(255);
          ring.copy(0, target, 1, taken);
          ring.discard(taken);
          const expected = Array.from({ length: taken }, (_, i) => (read + i) & 255);
          expect(Buffer.from(target).equals(Buffer.from([255, ...expected, 255]))).toBe(true);
          read += taken;
          expect(ring.length + ring.free).toBe(capacity * scale);
        }
      }),
    );
  });

  it("takes bytes ahead of their turn", () => {
    const ring = newRing(8);
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

describe("a ring of pages", () => {
  function ringOf(memoryLimit = 1e9): { memory: BufferMemory; ring: PagedRing } {
    const memory = new BufferMemory({ memoryLimit });
    return { memory, ring: new PagedRing(memory, 1 << 20) };
  }

  it("holds what its bytes need, and nothing while it is empty", () => {
    const { memory, ring } = ringOf();
    expect(memory.used).toBe(0);
    const length = 2 * PAGE_LENGTH + 1_000;
    ring.place(0, new Uint8Array(length), 0, length);
    ring.commit(length);
    expect(memory.used).toBe(3 * PAGE_LENGTH);
    ring.discard(length - 900);
    expect(memory.used).toBe(PAGE_LENGTH);
    ring.discard(900);
    expect(memory.used).toBe(0);
  });

  it("keeps what was placed ahead of time when what came before it is gone", () => {
    const { memory, ring } = ringOf();
    ring.place(20_000, Uint8Array.of(1, 2), 0, 2);
    expect(memory.used).toBe(PAGE_LENGTH);
    ring.place(0, new Uint8Array(5_000), 0, 5_000);
    ring.commit(5_000);
    ring.discard(5_000);
    expect(memory.used).toBe(2 * PAGE_LENGTH);
    ring.place(0, new Uint8Array(15_000), 0, 15_000);
    ring.commit(15_002);
    const target = new Uint8Array(2);
    ring.copy(15_000, target, 0, 2);
    expect([...target]).toEqual([1, 2]);
    ring.release();
    expect(memory.used).toBe(0);
  });

  it("hands its pages to the next one", () => {
    const { memory, ring } = ringOf();
    ring.place(0, Uint8Array.of(7), 0, 1);
    ring.release();
    const page = memory.take();
    expect(page[0]).toBe(7);
  });

  it("takes, where memory is exhausted, only what it waits for while it is empty", () => {
    const { memory, ring } = ringOf(PAGE_LENGTH);
    ring.place(PAGE_LENGTH, Uint8Array.of(1), 0, 1);
    expect(memory.isExhausted).toBe(true);
    expect(ring.canPlace(2 * PAGE_LENGTH, 1)).toBe(false);
    expect(ring.canPlace(PAGE_LENGTH + 5, 100)).toBe(true);
    expect(ring.canPlace(2 * PAGE_LENGTH - 1, 2)).toBe(false);
    expect(ring.canPlace(0, 1460)).toBe(true);
    ring.place(0, new Uint8Array(100), 0, 100);
    ring.commit(100);
    expect(ring.canPlace(0, 100)).toBe(true);
    ring.place(0, new Uint8Array(PAGE_LENGTH - 100), 0, PAGE_LENGTH - 100);
    ring.commit(PAGE_LENGTH - 99);
    expect(ring.canPlace(0, PAGE_LENGTH)).toBe(false);
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
