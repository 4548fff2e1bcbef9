import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DeadlineHeap, type HeapItem } from "../../src/host/index.js";

const newItem = (): HeapItem => ({ deadline: Infinity, order: 0, index: -1 });

describe("a heap of deadlines", () => {
  it("has the earliest first, and of equal ones the oldest, whatever was put in, moved and taken out", () => {
    const change = fc.record({
      what: fc.constantFrom("add", "add", "move", "remove"),
      which: fc.nat(),
      deadline: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(change, { size: "max", maxLength: 100 }), (changes) => {
        const heap = new DeadlineHeap<HeapItem>();
        // In the order in which they were put in or moved last.
        const items: HeapItem[] = [];
        for (const { what, which, deadline } of changes) {
          const [known] = what === "add" || items.length === 0 ? [] : items.splice(which % items.length, 1);
          if (what === "remove" && known !== undefined) {
            heap.remove(known);
            heap.remove(known);
          } else {
            const item = known ?? newItem();
            heap.set(item, deadline);
            items.push(item);
          }
          const earliest = Math.min(...items.map((item) => item.deadline));
          expect([heap.size, heap.next]).toEqual([items.length, earliest]);
          expect(heap.first).toBe(items.find((item) => item.deadline === earliest));
        }
      }),
    );
  });

  it("is taken apart in order", () => {
    const heap = new DeadlineHeap<HeapItem>();
    const items = [5, 3, 8, 3, 1, 8].map((deadline) => {
      const item = newItem();
      heap.set(item, deadline);
      return item;
    });
    const taken: number[] = [];
    for (let first = heap.first; first !== undefined; first = heap.first) {
      taken.push(items.indexOf(first));
      heap.remove(first);
      expect(first.index).toBe(-1);
    }
    expect(taken).toEqual([4, 1, 3, 0, 2, 5]);
    expect(heap.next).toBe(Infinity);
  });

  it("counts what is put in and moved", () => {
    const heap = new DeadlineHeap<HeapItem>();
    const item = newItem();
    heap.set(item, 1);
    heap.set(item, 2);
    expect([item.order, heap.nextOrder]).toEqual([1, 2]);
  });
});
