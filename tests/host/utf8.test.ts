import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8 } from "../../src/host/index.js";

const encoder = new TextEncoder();
const lossy = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

describe("encodeUtf8", () => {
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
});

/** What is not UTF-8, how it is decoded all the same, and where it goes wrong. */
const MALFORMED: readonly (readonly [string, readonly number[], string, number])[] = [
  ["a continuation without a beginning", [0x41, 0x80, 0x42], "A\ufffdB", 1],
  ["an overlong form of two bytes", [0xc0, 0x80], "\ufffd\ufffd", 0],
  ["an overlong form of three bytes", [0xe0, 0x9f, 0xbf], "\ufffd\ufffd\ufffd", 0],
  ["an overlong form of four bytes", [0xf0, 0x8f, 0xbf, 0xbf], "\ufffd\ufffd\ufffd\ufffd", 0],
  ["a surrogate", [0x41, 0xed, 0xa0, 0x80], "A\ufffd\ufffd\ufffd", 1],
  ["more than U+10FFFF", [0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd", 0],
  ["bytes that UTF-8 has no use for", [0xf5, 0xfe, 0xff], "\ufffd\ufffd\ufffd", 0],
  ["a character that is cut off by the end", [0x41, 0xe2, 0x82], "A\ufffd", 1],
  ["one that is cut off by another", [0xf0, 0x9f, 0x99, 0x41], "\ufffdA", 0],
  ["Unicode's own example", [0x61, 0xf1, 0x80, 0x80, 0xe1, 0x80, 0xc2, 0x62], "a\ufffd\ufffd\ufffdb", 1],
];

describe("decodeUtf8", () => {
  it.each(MALFORMED)("refuses %s, or replaces it", (_, bytes, text, at) => {
    const data = Uint8Array.from(bytes);
    expect(() => decodeUtf8(data)).toThrow(`decode UTF-8: byte ${at} begins no character (EINVAL)`);
    expect(decodeUtf8(data, "lossy")).toBe(text);
    expect(lossy.decode(data)).toBe(text);
  });

  it("keeps a byte order mark, and takes any bytes, each view's own part", () => {
    const data = Uint8Array.of(0x41, 0xef, 0xbb, 0xbf, 0x42);
    expect(decodeUtf8(data.subarray(1))).toBe("\ufeffB");
    expect(decodeUtf8(data.buffer)).toBe("A\ufeffB");
    expect(decodeUtf8(new DataView(data.buffer, 4))).toBe("B");
  });

  it("gives back any text that was encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-composite", maxLength: 300 }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });

  // Bytes that are often the beginning of something: random ones seldom get that far.
  const byte = fc.oneof(
    fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4),
    fc.integer({ min: 0, max: 255 }),
  );

  it("decodes any bytes as TextDecoder does, or throws where it does", () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), (bytes) => {
        const data = Uint8Array.from(bytes);
        expect(decodeUtf8(data, "lossy")).toBe(lossy.decode(data));
        let expected: string | undefined;
        try {
          expected = strict.decode(data);
        } catch {
          expect(() => decodeUtf8(data, "strict")).toThrow(/EINVAL/);
        }
        if (expected !== undefined) expect(decodeUtf8(data, "strict")).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
