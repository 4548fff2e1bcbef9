import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseMediaType } from "../../../src/http/index.js";

function read(text: string): [string, Record<string, string>] | undefined {
  const media = parseMediaType(text);
  return media && [media.type, Object.fromEntries(media.parameters)];
}

describe("a media type", () => {
  it.each([
    ["text/html", "text/html", {}],
    [" Text/HTML ", "text/html", {}],
    ["text/html;charset=utf-8", "text/html", { charset: "utf-8" }],
    ["text/html ; CharSet = x", undefined, {}],
    ["text/html \t; \tCharset=UTF-8 ; a=b", "text/html", { charset: "UTF-8", a: "b" }],
    ['a/b;c="d e;f=g, h"', "a/b", { c: "d e;f=g, h" }],
    ['a/b;c="say \\"hi\\" \\\\ there";d=e', "a/b", { c: 'say "hi" \\ there', d: "e" }],
    ['a/b;c="C:\\dir\\file"', "a/b", { c: "C:\\dir\\file" }],
    ['a/b;c=""', "a/b", { c: "" }],
    ["a/b;;c=d;", "a/b", { c: "d" }],
    ["a/b;c=1;C=2", "a/b", { c: "1" }],
    ["application/vnd.x+json;v=1", "application/vnd.x+json", { v: "1" }],
    ["*/*;q=0.1", "*/*", { q: "0.1" }],
    [`a/b;${"c=d;".repeat(100)}`, "a/b", { c: "d" }],
  ])("%j is read", (text, type, parameters) => {
    expect(read(text)).toEqual(type && [type, parameters]);
  });

  it.each([
    "",
    "text",
    "text/",
    "/html",
    "text/html/x",
    "te xt/html",
    "text/html x",
    "a/b;c",
    "a/b;c=",
    "a/b;=d",
    "a/b;c=d e",
    'a/b;c="d',
    'a/b;c="d\\"',
    'a/b;c="d"e',
    "a/b;c =d",
    "a/b;c= d",
    `a/b${Array.from({ length: 17 }, (_, index) => `;c${index}=d`).join("")}`,
  ])("%j is none", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it("never makes the reader throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a/;= "\\,*') }), (text) => {
        parseMediaType(text);
      }),
    );
  });
});
