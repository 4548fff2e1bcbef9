import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { FrameRing } from "../../../simulator/capture/frame-ring.js";

it("a ring has the last frames that it was given, and never more than it may", () => {
  const lengths = fc.array(fc.nat(300), { maxLength: 200 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 300, max: 5_000 }),
      lengths,
      (frames, bytes, list) => {
        const ring = new FrameRing({ frames, bytes });
        const given = list.map((length, index) => ({
          number: index + 1,
          time: index / 2,
          port: `port ${index % 3}`,
          bytes: new Uint8Array(length).fill(index),
          length,
          comment: index % 5 === 0 ? `comment ${index}` : undefined,
        }));
        // The buffer is a larger one, as a pool's frames are.
        for (const frame of given) ring.push({ ...frame, bytes: Uint8Array.of(...frame.bytes, 1, 2, 3) });
        const kept: unknown[] = [];
        ring.visit((frame) => kept.push({ ...frame, bytes: frame.bytes.slice() }));
        expect(kept).toEqual(given.slice(given.length - kept.length));
        expect([ring.size, ring.total]).toEqual([kept.length, given.length]);
        expect(kept.length).toBeLessThanOrEqual(frames);
        const sum = given.slice(given.length - kept.length).reduce((total, { length }) => total + length, 0);
        expect(sum).toBeLessThanOrEqual(bytes);
        if (given.length > 0) expect(kept.length).toBeGreaterThan(0);
      },
    ),
  );
});
