import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatSetCookie, MAX_COOKIES, parseCookies } from "../../../src/http/index.js";

function cookies(field: string): Record<string, string> {
  return Object.fromEntries(parseCookies(field));
}

describe("a Cookie field", () => {
  it.each([
    ["SID=31d4d96e407aad42", { SID: "31d4d96e407aad42" }],
    ["SID=31d4d96e407aad42; lang=en-US", { SID: "31d4d96e407aad42", lang: "en-US" }],
    ["a=1;b=2 ;\tc=3;", { a: "1", b: "2", c: "3" }],
    ["a = 1", { a: "1" }],
    ["a=", { a: "" }],
    ["a=b=c==", { a: "b=c==" }],
    ['a="quoted, and spaced"', { a: '"quoted, and spaced"' }],
    ["a=%20;B=2;b=3", { a: "%20", B: "2", b: "3" }],
    ["a=\u00c3\u00a4\u00a0", { a: "\u00c3\u00a4\u00a0" }],
    ["", {}],
    [" ; ;; \t", {}],
    ["__proto__=1; constructor=2", { ["__proto__"]: "1", constructor: "2" }],
  ])("%j", (field, expected) => {
    expect(cookies(field)).toEqual(expected);
  });

  it("gives the first of a name: clients send the one with the longest path first", () => {
    expect(cookies("a=deep; b=2; a=shallow")).toEqual({ a: "deep", b: "2" });
  });

  it("takes a pair without = for the value of a cookie without a name", () => {
    expect(cookies("alone; a=1; other")).toEqual({ "": "alone", a: "1" });
    expect(cookies("=x")).toEqual({ "": "x" });
  });

  it("gives no more than its limit", () => {
    const field = Array.from({ length: MAX_COOKIES + 5 }, (_, index) => `n${index}=${index}`).join("; ");
    expect([...parseCookies(field).keys()].at(-1)).toBe(`n${MAX_COOKIES - 1}`);
  });

  it("gives nothing of a field with controls", () => {
    expect(cookies("a=1; b=\0")).toEqual({});
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (field) => void parseCookies(field)),
    );
  });

  it("brings back what was set", () => {
    const octets = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.09AZ^_`az|~"), minLength: 1 });
    const value = octets.map((text) => `=()/:<>?@[]{}${text}`);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(octets, value), { selector: ([name]) => name }), (pairs) => {
        const sent = pairs.map(([name, text]) => formatSetCookie(name, text));
        expect([...parseCookies(sent.join("; "))]).toEqual(pairs);
      }),
    );
  });
});
