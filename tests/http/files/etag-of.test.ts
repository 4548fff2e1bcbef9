import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { etagOf, isEntityTag } from "../../../src/http/index.js";
import { fnv1a } from "../../../src/http/files/etag-of.js";

// Of the list that its authors publish (draft-eastlake-fnv, and isthe.com/chongo/tech/comp/fnv).
it.each([
  ["", "cbf29ce484222325"],
  ["a", "af63dc4c8601ec8c"],
  ["foobar", "85944171f73967e8"],
  ["chongo was here!\n", "46810940eff5f915"],
])("the FNV-1a of %p is %s", (text, hash) => {
  expect(fnv1a(Buffer.from(text))).toBe(hash);
});

it("is what integers of 64 bits give", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      let hash = 0xcbf29ce484222325n;
      for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      expect(fnv1a(bytes)).toBe(hash.toString(16).padStart(16, "0"));
    }),
  );
});

it("an entity tag of text is that of its UTF-8", () => {
  expect(etagOf("größer")).toBe(etagOf(Buffer.from("größer")));
  expect(isEntityTag(etagOf(""))).toBe(true);
});
