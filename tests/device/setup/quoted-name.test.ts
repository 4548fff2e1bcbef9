import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { quotedName } from "../../../src/device/setup/index.js";

describe("a network's name in a line of the log", () => {
  it.each([
    ["home", '"home"'],
    ["Caf\u00e9 \u{1f600}", '"Caf\u00e9 \u{1f600}"'],
    ['a"b\\', '"a\\"b\\\\"'],
    ["a\nerror: b\x1b[2J", '"a\\nerror: b\\u001b[2J"'],
    ["\u202egnp.x\u2066", '"\\u202egnp.x\\u2066"'],
    ["\x7f\x85\u2028\ufeff\u200b", '"\\u007f\\u0085\\u2028\\ufeff\\u200b"'],
    ["\ud83d", '"\\ud83d"'],
  ])("%j is %s", (name, text) => {
    expect(quotedName(name)).toBe(text);
  });

  it("is one line of characters that are seen, and can be read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const text = quotedName(name);
        expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(text)).toBe(name);
      }),
    );
  });
});
