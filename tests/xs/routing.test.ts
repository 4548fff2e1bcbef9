import { afterAll, beforeAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { PreloadedEngine } from "./preload.js";
import { answer, type Asked } from "./routing-site.js";

describeWith([requireXs()], "routes, forms and negotiation inside XS, their modules preloaded", () => {
  let engine: PreloadedEngine;

  beforeAll(async () => {
    engine = new PreloadedEngine();
    await engine.evaluate((await bundle("routing-main.ts", { preloaded: true })).script);
  });

  afterAll(() => engine.stop());

  const segment = fc.constantFrom(
    ...[
      "",
      "a",
      "item",
      "5",
      "file",
      "x.html",
      "form",
      "pot",
      "..",
      "%2F",
      "%zz",
      "gr%C3%B6%C3%9Fe",
      "%69tem",
    ],
    "f81d4fae-7dec-11d0-a765-00A0c91e6bf6",
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join("/")}`);
  const form = fc.string({ unit: fc.constantFrom(..."ab=&+%;", "%c3%a9", "%e2%82", "\u00c3", "\u00a9") });
  const part = fc
    .tuple(
      fc.constantFrom(
        'name="a"',
        'name="\u00c3\u00bc%22"; filename="C:\\\\x\\y.txt"',
        "name=",
        'nome="a"',
        "name=a",
      ),
      fc.string({ unit: fc.constantFrom("\r", "\n", "-", "\r\n--b", "\0", "\u00ff") }),
    )
    .map(([head, content]) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`);
  const parts = fc
    .tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom("--b--", "--b", ""))
    .map(([all, end]) => all.join("") + end);
  const accept = fc.string({
    unit: fc.constantFrom(
      "text/html",
      "application/*",
      "*/*",
      "gzip",
      "de-CH",
      ",",
      ";q=",
      "0.5",
      "1",
      "*",
      '"',
      " ",
    ),
  });

  const asked: fc.Arbitrary<Asked> = fc.record({
    method: fc.constantFrom("GET", "GET", "HEAD", "POST", "OPTIONS", "BREW", "STEEP"),
    path: fc.oneof({ weight: 4, arbitrary: path }, fc.constant("/form")),
    query: form,
    fields: fc.record(
      {
        accept,
        "content-type": fc.constantFrom(
          "application/x-www-form-urlencoded",
          'multipart/form-data; boundary="b"',
          "text/plain",
        ),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Asked["fields"]>,
    body: fc.oneof(form, parts),
    size: fc.integer({ min: 1, max: 50 }),
  });

  it("are what they are in Node", async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        const { bytes } = await engine.command(Buffer.from(JSON.stringify(one)));
        expect(Buffer.from(bytes).toString()).toBe(answer(one));
      }),
      { numRuns: 1000 },
    );
  });
});
