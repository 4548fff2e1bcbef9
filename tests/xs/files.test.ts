import { afterAll, beforeAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { etagOf, formatHttpDate } from "../../src/http/index.js";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { answer, type Asked } from "./files-site.js";
import { PreloadedEngine } from "./preload.js";

describeWith([requireXs()], "files inside XS, their modules preloaded", () => {
  let engine: PreloadedEngine;

  beforeAll(async () => {
    engine = new PreloadedEngine();
    await engine.evaluate((await bundle("files-main.ts", { preloaded: true })).script);
  });

  afterAll(() => engine.stop());

  const time = fc.integer({ min: -1e12, max: 4e12 }).map((at) => formatHttpDate(at));
  const date = fc.oneof(
    time,
    fc.constantFrom(
      "Thu, 15 Jan 2026 12:00:00 GMT",
      "Thursday, 15-Jan-26 12:00:00 GMT",
      "Sun Nov  6 08:49:37 1994",
    ),
    fc.constantFrom("Thursday, 29-Feb-24 12:00:00 GMT", "Fri, 30 Feb 2024 00:00:00 GMT", "yesterday"),
  );
  const tag = fc.constantFrom(
    '"v1"',
    'W/"v1"',
    '"v1-gzip"',
    etagOf("<h1>Größe</h1>"),
    "*",
    "v1",
    '"a", W/"v1"',
  );
  const position = fc.integer({ min: 0, max: 1200 });
  const spec = fc.oneof(
    fc.tuple(position, position).map(([first, last]) => `${first}-${last}`),
    position.map((count) => `-${count}`),
  );
  const range = fc.array(spec, { maxLength: 4 }).map((specs) => `bytes=${specs.join(", ")}`);

  const asked: fc.Arbitrary<Asked> = fc.record({
    method: fc.constantFrom("GET", "GET", "HEAD", "PUT"),
    path: fc.constantFrom("", "index.html", "long.txt", "docs/", "docs", "none", "größe"),
    fields: fc.record(
      {
        Range: range,
        "If-Range": fc.oneof(tag, date),
        "If-Match": tag,
        "If-None-Match": tag,
        "If-Modified-Since": date,
        "If-Unmodified-Since": date,
        "Accept-Encoding": fc.constantFrom("gzip", "gzip;q=0", "*", "identity"),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Asked["fields"]>,
  });

  it("are what they are in Node", async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        const { bytes } = await engine.command(Buffer.from(JSON.stringify(one)));
        expect(Buffer.from(bytes).toString()).toBe(answer(one));
      }),
      { numRuns: 500 },
    );
  });
});
