import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { manifest, ROOT } from "./manifest-modules.js";

const KIB = 1024;
const SLOT_BYTES = 16;

/** What the SDK gives XS on an ESP32-C3, the least of its boards with Wi-Fi, in one block that does not grow. */
const SDK_LEAST = 94_208;

/**
 * What docs/footprint.md leaves out: XS's own and that of the SDK's modules. As counted in the simulator with -i, in which the firmware
 * has 953 slots and 10,296 bytes after the start, garbage included, of which 493 and 3,608 are its own.
 */
const PLATFORMS_OWN = { slots: 460, chunkBytes: 6_700 };

/** Slots of the stack in use at most under the load of docs/decisions/creation.md, in the simulator with -i. */
const STACK_USED = 343;

/** Of what is measured. */
const MARGIN = 1.25;

interface Creation {
  readonly static: number;
  readonly chunk: { readonly initial: number; readonly incremental: number };
  readonly heap: { readonly initial: number; readonly incremental: number };
  readonly stack: number;
}

const { chunk, heap, stack, ...creation } = manifest.creation as unknown as Creation;

/** The largest of a column of the tables about ESP32. */
function mostOnEsp32(column: "slots" | "bytes of chunks"): number {
  const page = readFileSync(path.join(ROOT, "docs", "footprint.md"), "utf8");
  const tables = page.split(/\n##+ /).filter((table) => /^[^\n]*ESP32/.test(table));
  const figures = tables.flatMap((table) => {
    const rows = table.split("\n").filter((line) => line.startsWith("|"));
    const at = rows[0]!.split(" | ").indexOf(column);
    return rows.slice(2).map((row) => Number(row.split(" | ")[at]));
  });
  expect(figures.length).toBeGreaterThan(15);
  return Math.max(...figures);
}

describe("the memory that XS begins with", () => {
  it("has room for all that was measured, and a quarter more", () => {
    expect(MARGIN * (mostOnEsp32("slots") + PLATFORMS_OWN.slots)).toBeLessThanOrEqual(heap.initial);
    expect(MARGIN * (mostOnEsp32("bytes of chunks") + PLATFORMS_OWN.chunkBytes)).toBeLessThanOrEqual(
      chunk.initial,
    );
    expect(MARGIN * STACK_USED).toBeLessThanOrEqual(stack);
  });

  it("has room for the limits that the measurements are held to", () => {
    expect(1_900 + PLATFORMS_OWN.slots).toBeLessThanOrEqual(heap.initial);
    expect(36 * KIB + PLATFORMS_OWN.chunkBytes).toBeLessThanOrEqual(chunk.initial);
  });

  it("is no more than the SDK gives it on the smallest of the boards", () => {
    expect(chunk.initial + SLOT_BYTES * (heap.initial + stack)).toBeLessThanOrEqual(SDK_LEAST);
  });

  it("grows before the firmware would be ended", () => {
    expect(creation.static).toBe(0);
    expect(chunk.incremental).toBeGreaterThan(0);
    expect(heap.incremental).toBeGreaterThan(0);
  });

  it("is the same on all boards: neither a platform nor a room sets it", () => {
    const names = readdirSync(ROOT).filter((name) => /^manifest.*\.json$/.test(name));
    const set = names.flatMap((name) => {
      const { creation = {}, platforms = {} } = JSON.parse(
        readFileSync(path.join(ROOT, name), "utf8"),
      ) as typeof manifest;
      const parts = Object.values(platforms).map((part) => part.creation ?? {});
      if (name !== "manifest.json") parts.push(creation);
      return parts.flatMap((part) => Object.keys(part)).filter((key) => key !== "main");
    });
    expect(set).toEqual([]);
  });
});

it("what no module names is stripped from the engine", () => {
  expect(manifest.strip).toBe("*");
});
