import { afterAll, beforeAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { answer, type Asked } from "./client-site.js";
import { requireXs } from "./engine.js";
import { PreloadedEngine } from "./preload.js";

describeWith([requireXs()], "the HTTP client's parts inside XS, their modules preloaded", () => {
  let engine: PreloadedEngine;

  beforeAll(async () => {
    engine = new PreloadedEngine();
    await engine.evaluate((await bundle("client-main.ts", { preloaded: true })).script);
  });

  afterAll(() => engine.stop());

  const piece = fc.constantFrom(
    ...[
      "http://",
      "https:",
      "//",
      "/",
      "..",
      "%2e",
      "\\",
      "?",
      "#",
      "a",
      "b.example",
      ":",
      "81",
      "@",
      "[::1]",
    ],
    ...["10.0.0.1", "ü", "🙂", " ", "\t", "%41", "'", '"', "^"],
  );
  const line = fc.constantFrom(
    ...["HTTP/1.1 200 OK", "HTTP/1.0 404", "HTTP/1.1 100 Continue", "HTTP/1.1 204 None", "HTTP/2 200", ""],
    ...[
      "Content-Length: 4",
      "Content-Length: 4, 4",
      "Transfer-Encoding: chunked",
      "Connection: close",
      "A: b",
    ],
    ...[" folded", "\tfolded", "no field", "A: \0", "A: \xfc\xa0"],
    ...["Set-Cookie: a=b", "Set-Cookie: c=d; Path=/; Max-Age=60", "Set-Cookie: e=f; Domain=b.example"],
    ...["body", "4", "0"],
  );
  const asked: fc.Arbitrary<Asked> = fc.record({
    url: fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      fc.constant("http://a.b.example/"),
    ),
    response: fc
      .array(line, { maxLength: 8 })
      .map((lines) => `HTTP/1.1 200 OK\r\n${lines.map((each) => `${each}\r\n`).join("")}`),
    method: fc.constantFrom("GET", "HEAD", "CONNECT"),
  });

  it("understand what they understand on Node", async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (each) => {
        const { bytes } = await engine.command(Buffer.from(JSON.stringify(each)));
        expect(Buffer.from(bytes).toString()).toBe(answer(each));
      }),
      { numRuns: 1000 },
    );
  });
});
