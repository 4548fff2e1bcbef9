import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatUrlEncoded, parseUrlEncoded } from "../../../src/http/index.js";

const MANY = 1000;

describe("an urlencoded form", () => {
  it.each<[string, [string, string][]]>([
    ["", []],
    ["a=b", [["a", "b"]]],
    [
      "a=1&a=2&b",
      [
        ["a", "1"],
        ["a", "2"],
        ["b", ""],
      ],
    ],
    ["=x", [["", "x"]]],
    ["=", [["", ""]]],
    ["&&a=b&", [["a", "b"]]],
    ["a=b=c", [["a", "b=c"]]],
    ["a+b=c+d%2B", [["a b", "c d+"]]],
    ["%c3%A9=%F0%9F%99%82", [["é", "🙂"]]],
    ["a=%", [["a", "%"]]],
    ["a=%zz%4", [["a", "%zz%4"]]],
    ["a=%ff%C0", [["a", "\ufffd\ufffd"]]],
    ["a=%EF%BB%BFb", [["a", "\ufeffb"]]],
    ["a;b=c", [["a;b", "c"]]],
  ])("%j is read", (text, entries) => {
    expect(parseUrlEncoded(text, MANY)).toEqual(entries);
    expect([...new URLSearchParams(text)]).toEqual(entries);
  });

  it("is read as far as its limit", () => {
    expect(parseUrlEncoded("a&&b&c", 2).map(([name]) => name)).toEqual(["a", "b"]);
  });

  it("is written", () => {
    expect(formatUrlEncoded({ name: "Ada Lovelace", "a&b": "é=*-._~" })).toBe(
      "name=Ada+Lovelace&a%26b=%C3%A9%3D*-._%7E",
    );
    expect(formatUrlEncoded([["a", "1"] as const, ["a", "2"] as const])).toBe("a=1&a=2");
    expect(formatUrlEncoded([])).toBe("");
  });

  it("is written as Node writes it, and read back", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (entries) => {
        const written = formatUrlEncoded(entries);
        expect(written).toBe(new URLSearchParams(entries).toString());
        expect(parseUrlEncoded(written, MANY)).toEqual(entries);
      }),
    );
  });

  it("is read as Node reads it, whatever it is", () => {
    // Of ASCII: Node's own decoder spoils other characters beside an escape.
    const unit = fc.constantFrom(..."ab=&&+%%0a2fF;c3\0 ", "%c3%a9", "%e2%82", "%f0%9f%99%82");
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(parseUrlEncoded(text, MANY)).toEqual([...new URLSearchParams(text)]);
      }),
    );
  });
});
