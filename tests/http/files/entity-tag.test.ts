import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  isEntityTag,
  isStrongMatch,
  isWeakMatch,
  MAX_ENTITY_TAGS,
  parseEntityTags,
} from "../../../src/http/index.js";

describe("entity tags are compared", () => {
  // RFC 9110 §8.8.3.2, table 3.
  it.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
    ['"a"', '"A"', false, false],
    ['""', '""', true, true],
  ])("%s with %s: strong %p, weak %p", (one, other, strong, weak) => {
    expect([isStrongMatch(one, other), isWeakMatch(one, other)]).toEqual([strong, weak]);
    expect([isStrongMatch(other, one), isWeakMatch(other, one)]).toEqual([strong, weak]);
  });
});

describe("a list of entity tags", () => {
  it.each([
    ['"xyzzy"', ['"xyzzy"']],
    ['"xyzzy", "r2d2xxxx", "c3piozzzz"', ['"xyzzy"', '"r2d2xxxx"', '"c3piozzzz"']],
    ['W/"xyzzy",W/"r2d2xxxx"', ['W/"xyzzy"', 'W/"r2d2xxxx"']],
    ['""', ['""']],
    ['"a,b" , "W/"', ['"a,b"', '"W/"']],
    [',, "a",\t, W/"b" ,', ['"a"', 'W/"b"']],
    ['"\u00e9\u00ff"', ['"\u00e9\u00ff"']],
  ])("is read: %s", (text, tags) => {
    expect(parseEntityTags(text)).toEqual(tags);
  });

  it.each([
    ["nothing", ""],
    ["no tag", ", ,"],
    ["no quotes", "xyzzy"],
    ["one quote", '"xyzzy'],
    ["no comma", '"a" "b"'],
    ["no comma before a weak one", '"a"W/"b"'],
    ["a small w", 'w/"a"'],
    ["a blank behind W/", 'W/ "a"'],
    ["nothing weak", '"a", W/'],
    ["a blank in a tag", '"a b"'],
    ["a control in a tag", '"a\x7f"'],
    ["more than bytes in a tag", '"\u0100"'],
    ["a star among tags", '"a", *'],
    ["quotes of another kind", "'a'"],
    [
      "more than it may",
      Array(MAX_ENTITY_TAGS + 1)
        .fill('"a"')
        .join(","),
    ],
  ])("is malformed: %s", (_, text) => {
    expect(parseEntityTags(text)).toBeUndefined();
  });

  const tag = fc
    .tuple(fc.constantFrom("", "W/"), fc.string({ unit: fc.constantFrom(..."!#'(),/*Wa~\u0080\u00ff") }))
    .map(([weak, text]) => `${weak}"${text}"`);

  it("comes back as it was written", () => {
    const tags = fc.array(tag, { minLength: 1, maxLength: MAX_ENTITY_TAGS });
    const separator = fc.constantFrom(",", ", ", " , ", ",,", "\t,");
    fc.assert(
      fc.property(tags, separator, (list, between) => {
        expect(parseEntityTags(list.join(between))).toEqual(list);
      }),
    );
  });

  it("has tags only, whatever it is read from", () => {
    const text = fc.string({ unit: fc.constantFrom('"', '"', "W/", ",", " ", "a", "*", "\n") });
    fc.assert(
      fc.property(text, (list) => {
        for (const found of parseEntityTags(list) ?? []) {
          expect(isEntityTag(found)).toBe(true);
          expect(list).toContain(found);
        }
      }),
    );
  });

  it("is not one tag", () => {
    expect(isEntityTag('"a"')).toBe(true);
    expect(isEntityTag('"a", "b"')).toBe(false);
    expect(isEntityTag(' "a"')).toBe(false);
    expect(isEntityTag("a")).toBe(false);
  });
});
