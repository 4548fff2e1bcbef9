import { afterAll, beforeAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { describeWith } from "../support/tools.js";
import { AuthSite, type Asked } from "./auth-site.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { PreloadedEngine } from "./preload.js";

describeWith([requireXs()], "sessions and authentication inside XS, their modules preloaded", () => {
  let engine: PreloadedEngine;
  /** The same in Node. */
  const site = new AuthSite();

  beforeAll(async () => {
    engine = new PreloadedEngine();
    await engine.evaluate((await bundle("auth-main.ts", { preloaded: true })).script);
  });

  afterAll(() => engine.stop());

  async function ask(asked: Asked): Promise<string> {
    const { bytes } = await engine.command(Buffer.from(JSON.stringify(asked)));
    const answer = site.answer(asked);
    expect(Buffer.from(bytes).toString()).toBe(answer);
    return answer;
  }

  const piece = fc.constantFrom(
    ...[
      "Digest ",
      "Basic ",
      "Bearer ",
      'realm="d\u00c3\u00bcne"',
      "nonce=x",
      "session=",
      "a=b; c=d",
      "SsOkc8O4bjrigqwgNw==",
    ],
    ...[
      "Max-Age=9",
      "Expires=",
      "Wed, 09-Jun-21 10:18:14 GMT",
      "9:9:9",
      "__Host-",
      "Path=/",
      "Secure",
      "SameSite=lax",
    ],
    ...[" ", ",", ";", "=", '"', "\\", "\t", "\u00e4", "\u00ff", ".", "AAAA"],
  );
  const asked: fc.Arbitrary<Asked> = fc.record({
    page: fc.constantFrom("basic", "digest", "bearer", "session", "texts"),
    wait: fc.constantFrom(1, 10, 1000, 100_000, 1_000_000),
    field: fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
      fc.constantFrom("Digest a=b", "Bearer a=b"),
    ),
    isRight: fc.boolean(),
  });

  it("are what they are in Node", async () => {
    const answers = new Set<string>();
    const run = fc.asyncProperty(asked, async (one) => {
      const answer = await ask(one);
      answers.add(`${one.page} ${/^in|^visits|^\d+/m.exec(answer)?.[0]}`);
    });
    await fc.assert(run, { numRuns: 600 });
    // All of it was met: who is let in, and who is not.
    const met = [
      "basic in",
      "basic 401",
      "digest in",
      "digest 401",
      "digest 400",
      "bearer in",
      "bearer 401",
      "session visits",
    ];
    expect([...answers]).toEqual(expect.arrayContaining(met));
  });
});
