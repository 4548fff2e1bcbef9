import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_RANGES, selectRanges, type ByteRange } from "../../../src/http/index.js";
import { RANGE_GAP } from "../../../src/http/files/range.js";

/** What is chosen of 10,000 bytes, as Content-Range counts it. */
function chosen(field: string, length = 10_000): readonly string[] | undefined {
  return selectRanges(field, length)?.map(({ start, end }) => `${start}-${end - 1}`);
}

describe("a Range field chooses", () => {
  it.each([
    // RFC 9110 §14.1.2's own examples.
    ["the first 500 bytes", "bytes=0-499", ["0-499"]],
    ["the second 500 bytes", "bytes=500-999", ["500-999"]],
    ["the final 500 bytes", "bytes=-500", ["9500-9999"]],
    ["the same", "bytes=9500-", ["9500-9999"]],
    ["the first and the last byte", "bytes=0-0,-1", ["0-0", "9999-9999"]],
    [
      "the first, middle and last 1000 bytes",
      "bytes= 0-999, 4500-5499, -1000",
      ["0-999", "4500-5499", "9000-9999"],
    ],
    ["bytes that touch", "bytes=500-600,601-999", ["500-999"]],
    ["bytes that overlap", "bytes=500-700,601-999", ["500-999"]],

    ["all, by a suffix that is longer", "bytes=-20000", ["0-9999"]],
    ["all, by an end beyond it", "bytes=0-99999", ["0-9999"]],
    ["all, by an end beyond all numbers", `bytes=0-${"9".repeat(400)}`, ["0-9999"]],
    ["the last byte", "bytes=9999-9999", ["9999-9999"]],
    ["what lies within, of two", "bytes=20000-, 5-5", ["5-5"]],
    ["without regard to the unit's case", "BYTES=1-2", ["1-2"]],
    ["with leading zeros", "bytes=0001-0002", ["1-2"]],
    ["with empty members", "bytes=,1-2, ,", ["1-2"]],
    ["in the order that was asked for", "bytes=5000-5999,0-999", ["5000-5999", "0-999"]],
    [
      "in that order, where some are joined",
      "bytes=5000-5999,0-9,900-999,5900-6000",
      ["5000-6000", "0-9", "900-999"],
    ],
    ["as one what nearly touches", `bytes=0-9,${9 + RANGE_GAP}-200`, ["0-200"]],
    ["as two what does not", `bytes=0-9,${10 + RANGE_GAP}-200`, ["0-9", `${10 + RANGE_GAP}-200`]],
    ["one range within another", "bytes=0-999,10-20", ["0-999"]],
  ])("%s: %s", (_, field, ranges) => {
    expect(chosen(field)).toEqual(ranges);
  });

  it.each([
    ["behind the end", "bytes=10000-"],
    ["far behind the end", `bytes=${"9".repeat(400)}-`],
    ["no byte at the end", "bytes=-0"],
    ["both", "bytes=10000-10001,-0"],
  ])("nothing that is there: %s", (_, field) => {
    expect(chosen(field)).toEqual([]);
  });

  it.each([
    ["no unit", "0-499"],
    ["another unit", "pages=1-2"],
    ["no range", "bytes="],
    ["only commas", "bytes=,,"],
    ["only a dash", "bytes=-"],
    ["an end before its start", "bytes=500-499"],
    ["one such among others", "bytes=0-1,500-499"],
    ["a sign", "bytes=+1-2"],
    ["two dashes", "bytes=1--2"],
    ["hexadecimal digits", "bytes=0x1-0x2"],
    ["a blank in a range", "bytes=1 -2"],
    ["a blank before =", "bytes =1-2"],
    ["words", "bytes=all"],
    ["a semicolon", "bytes=1-2;3-4"],
    [
      "more ranges than it may",
      `bytes=${Array(MAX_RANGES + 1)
        .fill("0-0")
        .join(",")}`,
    ],
  ])("nothing, and is ignored: %s", (_, field) => {
    expect(chosen(field)).toBeUndefined();
  });

  it("nothing of an empty representation", () => {
    expect(chosen("bytes=0-", 0)).toEqual([]);
    expect(chosen("bytes=-5", 0)).toBeUndefined();
  });
});

describe("ranges", () => {
  const length = 3000;
  const position = fc.integer({ min: 0, max: length + 100 });
  const spec = fc.oneof(
    fc.tuple(position, position).map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const),
    position.map((first) => [first, Infinity] as const),
    position.map((count) => [-Infinity, count] as const),
  );

  function written([first, last]: readonly [number, number]): string {
    return `${first === -Infinity ? "" : first}-${last === Infinity ? "" : last}`;
  }

  function includes([first, last]: readonly [number, number], index: number): boolean {
    return first === -Infinity ? index >= length - last : index >= first && index <= last;
  }

  function has(ranges: readonly ByteRange[], index: number): boolean {
    return ranges.some(({ start, end }) => index >= start && index < end);
  }

  it("hold each byte that was asked for, none twice, and else only what lies between", () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: MAX_RANGES }), (specs) => {
        const ranges = selectRanges(`bytes=${specs.map(written).join(", ")}`, length)!;
        let sum = 0;
        for (const { start, end } of ranges) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(length);
          sum += end - start;
        }
        let held = 0;
        for (let index = 0; index < length; index++) {
          const asked = specs.some((one) => includes(one, index));
          if (has(ranges, index)) held++;
          if (asked && !has(ranges, index)) throw new Error(`byte ${index} is missing`);
        }
        expect(sum).toBe(held);
        const sorted = [...ranges].sort((one, other) => one.start - other.start);
        for (const [index, range] of sorted.entries()) {
          if (index > 0) expect(range.start - sorted[index - 1]!.end).toBeGreaterThanOrEqual(RANGE_GAP);
        }
      }),
    );
  });

  it("of garbage are none, or lie within", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0123456789-,= \tbytes*") });
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 1000 }), (garbage, size) => {
        for (const { start, end } of selectRanges(`bytes=${garbage}`, size) ?? []) {
          expect(start < end && end <= size).toBe(true);
        }
      }),
    );
  });
});
