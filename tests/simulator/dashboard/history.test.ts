import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BatchWriter, readBatch, type PacketRecord } from "../../../simulator/dashboard/protocol/index.js";
import { MAX_CHUNKS, PacketHistory, type Cursor } from "../../../simulator/dashboard/server/history.js";

const packets = fc.record<Omit<PacketRecord, "kind">>({
  number: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  time: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  port: fc.integer({ min: 0, max: 0xffff }),
  bytes: fc.uint8Array({ maxLength: 2000 }),
  comment: fc.option(fc.string({ unit: "grapheme", minLength: 1 }), { nil: undefined }),
  tcp: fc.option(
    fc.record({
      congestionWindow: fc.float({ noNaN: true }),
      threshold: fc.constantFrom(Infinity, 1460),
      smoothedRtt: fc.constantFrom(NaN, 12.5),
      rto: fc.float({ noNaN: true }),
    }),
    { nil: undefined },
  ),
});

describe("a batch", () => {
  it("reads as it was written", () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 5 }), fc.string(), (list, where) => {
        const writer = new BatchWriter(64 * 1024);
        for (const packet of list) expect(writer.packet(packet)).toBeGreaterThan(0);
        expect(writer.fate({ number: 7, where, comment: "dropped: loss 20%" })).toBe(true);
        const expected = list.map((packet) => ({ kind: "packet", ...packet }));
        const fate = { kind: "fate", number: 7, where, comment: "dropped: loss 20%" };
        expect(readBatch(writer.from(0))).toEqual([...expected, fate]);
      }),
    );
  });

  it("never throws on other bytes, nor on a part", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readBatch(bytes)));
    const writer = new BatchWriter(4096);
    writer.packet({ number: 1, time: 2, port: 3, bytes: new Uint8Array(100), comment: "x", tcp: undefined });
    const whole = writer.from(0);
    for (let length = 0; length < whole.length; length++)
      expect(readBatch(whole.subarray(0, length))).toEqual([]);
  });

  it("takes what there is room for", () => {
    const writer = new BatchWriter(100);
    const packet = {
      number: 1,
      time: 0,
      port: 0,
      bytes: new Uint8Array(60),
      comment: undefined,
      tcp: undefined,
    };
    expect(writer.packet(packet)).toBe(20);
    expect(writer.packet(packet)).toBe(-1);
    expect(writer.fate({ number: 1, where: "somewhere", comment: "dropped: partition" })).toBe(false);
    expect(writer.length).toBe(80);
  });
});

describe("the history", () => {
  const frame = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
  const packet = (bytes: Uint8Array) => ({ time: 0, port: 0, bytes, comment: undefined, tcp: undefined });

  /** Reads all that a cursor has not read. */
  function readAll(history: PacketHistory, cursor: Cursor): number[] {
    const numbers: number[] = [];
    for (let piece = history.read(cursor); piece.length > 0; piece = history.read(cursor))
      numbers.push(...readBatch(piece).map(({ number }) => number));
    return numbers;
  }

  it("gives each reader each packet once, in order", () => {
    const history = new PacketHistory();
    const cursor = history.cursor(64);
    const numbers: number[] = [];
    for (let count = 1; count <= 500; count++) {
      history.add(packet(frame(1000, count)));
      if (count % 7 === 0) numbers.push(...readAll(history, cursor));
    }
    numbers.push(...readAll(history, cursor));
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(readAll(history, history.cursor(64))).toEqual(numbers);
  });

  it("is bounded, and tells a slow reader how many packets it has missed", () => {
    const history = new PacketHistory();
    const cursor = history.cursor(1);
    const total = 66 * MAX_CHUNKS;
    for (let count = 0; count < total; count++) history.add(packet(frame(1500, 1)));
    const missed = history.skipForgotten(cursor, 10);
    const numbers = readAll(history, cursor);
    expect(missed + numbers.length).toBe(total);
    expect(numbers[0]).toBe(missed + 1);
    expect(numbers.length).toBeLessThan(10 * 44);
    expect(history.skipForgotten(cursor, 10)).toBe(0);
  });

  it("notes what becomes of a packet behind a switch with the newest that has its bytes", () => {
    const history = new PacketHistory();
    for (const fill of [1, 2, 1, 3]) history.add(packet(frame(60, fill)));
    history.addFate(frame(60, 1), "device", "dropped: loss 20%");
    history.addFate(frame(61, 1), "device", "dropped: loss 20%");
    const records = readBatch(history.read(history.cursor(1)));
    expect(records.slice(4)).toEqual([
      { kind: "fate", number: 3, where: "device", comment: "dropped: loss 20%" },
    ]);
  });
});
