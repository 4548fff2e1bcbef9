import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { encodeUtf8 } from "../../src/http/index.js";

const encoder = new TextEncoder();

it.each([
  "",
  "a",
  "Grüße",
  "\u0000\u007f\u0080\u07ff\u0800\uffff",
  "🙂",
  "x".repeat(200),
  `${"x".repeat(63)}🙂ü`,
])("encodes %j", (text) => {
  expect(encodeUtf8(text)).toEqual(encoder.encode(text));
});

it.each(["\ud83d", "\ude42\ud83d", "a\ud83dz"])("writes a lone surrogate as U+FFFD: %j", (text) => {
  expect(encodeUtf8(text)).toEqual(encoder.encode(text));
});

it("encodes any text as TextEncoder does", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(encodeUtf8(text)).toEqual(encoder.encode(text));
    }),
  );
});
