import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  acceptsEncoding,
  negotiateCharset,
  negotiateEncoding,
  negotiateLanguage,
  negotiateType,
} from "../../../src/http/index.js";

const FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2";
/** The example of RFC 9110 §12.5.1. */
const RFC =
  "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5";

describe("the type for Accept", () => {
  it.each([
    [undefined, "text/html application/json", "text/html"],
    ["", "text/html application/json", "text/html"],
    ["*/*", "text/html application/json", "text/html"],
    ["application/json", "text/html application/json", "application/json"],
    ["APPLICATION/Json", "text/html application/json", "application/json"],
    ["application/*", "text/html application/json", "application/json"],
    ["text/html;q=0.5, application/json", "text/html application/json", "application/json"],
    ["text/html;q=0.5, */*;q=0.6", "text/html application/json", "application/json"],
    ["text/html, application/json", "application/json text/html", "application/json"],
    ["text/html;q=0, */*", "text/html application/json", "application/json"],
    ["*/*, text/html;q=0", "text/html", undefined],
    ["image/png", "text/html application/json", undefined],
    ["text/html;q=0", "text/html", undefined],
    ["text/html;q=1.001, application/json", "application/json text/html", "application/json"],
    ["text/html;q=.5, application/json;q=0.", "application/json text/html", "text/html"],
    ["text/html;q=x", "text/html", "text/html"],
    ["application/json;q=-1", "text/html", "text/html"],
    ["html", "text/html", undefined],
    [", ,text/html,", "text/html", "text/html"],
    ['a/b;x="1,2";q=0.1, text/html', "a/b text/html", "text/html"],
    ['a/b;x="\\",", text/html;q=0.5', 'a/b;x="\\"," text/html', 'a/b;x="\\","'],
    [FIREFOX, "application/json text/html", "text/html"],
    [FIREFOX, "application/json", "application/json"],
    [FIREFOX, "image/png image/webp", "image/webp"],
    [JAVA, "application/json", "application/json"],
    [RFC, "text/plain text/html", "text/plain"],
    [RFC, "text/html image/jpeg", "image/jpeg"],
    [RFC, "text/plain;format=fixed text/html image/jpeg", "image/jpeg"],
    [RFC, "text/plain text/plain;format=flowed", "text/plain;format=flowed"],
    ["text/html;level=1", "text/html", undefined],
    ["text/html;charset=UTF-8", "text/html;charset=utf-8", "text/html;charset=utf-8"],
  ])("%j of %s is %s", (accept, offered, type) => {
    expect(negotiateType(accept, offered.split(" "))).toBe(type);
  });

  it("is the one of the highest quality, whatever the client sends", () => {
    const types = ["a/x", "a/y", "b/x", "b/y"];
    const range = fc.constantFrom(...types, "a/*", "b/*", "*/*");
    const ranges = fc.uniqueArray(fc.record({ range, q: fc.integer({ min: 0, max: 1000 }) }), {
      selector: (each) => each.range,
      minLength: 1,
    });
    fc.assert(
      fc.property(ranges, fc.shuffledSubarray(types, { minLength: 1 }), (wanted, offered) => {
        const quality = (type: string): number => {
          const of = (name: string): number | undefined => wanted.find((each) => each.range === name)?.q;
          return of(type) ?? of(`${type.slice(0, 1)}/*`) ?? of("*/*") ?? 0;
        };
        const accept = wanted.map((each) => `${each.range};q=${(each.q / 1000).toFixed(3)}`).join(", ");
        const highest = Math.max(...offered.map(quality));
        const expected = highest === 0 ? undefined : offered.find((type) => quality(type) === highest);
        expect(negotiateType(accept, offered)).toBe(expected);
      }),
    );
  });
});

describe("the coding for Accept-Encoding", () => {
  it.each([
    [undefined, "gzip identity", "identity"],
    ["", "gzip identity", "identity"],
    ["gzip, deflate, br, zstd", "gzip identity", "gzip"],
    ["gzip, deflate, br", "br gzip identity", "br"],
    ["x-gzip", "gzip identity", "gzip"],
    ["GZIP;q=0.001", "gzip identity", "gzip"],
    ["gzip;q=0", "gzip identity", "identity"],
    ["gzip;q=0.5, br;q=1.0", "gzip br identity", "br"],
    ["gzip;q=0.5, identity", "gzip identity", "identity"],
    ["*", "gzip identity", "gzip"],
    ["*;q=0", "gzip identity", undefined],
    ["*;q=0, identity;q=0.1", "gzip identity", "identity"],
    ["identity;q=0", "gzip identity", undefined],
    ["identity;q=0, *;q=0.5", "gzip identity", "gzip"],
    ["br", "gzip", undefined],
  ])("%j of %s is %s", (accept, offered, coding) => {
    expect(negotiateEncoding(accept, offered.split(" "))).toBe(coding);
  });

  it("says whether one is taken", () => {
    expect(acceptsEncoding("gzip, br", "gzip")).toBe(true);
    expect(acceptsEncoding("br", "gzip")).toBe(false);
    expect(acceptsEncoding(undefined, "gzip")).toBe(false);
    expect(acceptsEncoding(undefined, "identity")).toBe(true);
  });
});

describe("the language for Accept-Language", () => {
  it.each([
    [undefined, "de en", "de"],
    ["en", "de en", "en"],
    ["EN", "de en", "en"],
    ["en-GB", "de en", "en"],
    ["en", "de en-GB en", "en"],
    ["en", "de en-GB en-US", "en-GB"],
    ["en", "eng de", undefined],
    ["de-CH, en;q=0.8", "en de", "de"],
    ["fr;q=0.9, en;q=0.8, *;q=0.1", "de en", "en"],
    ["fr, *;q=0.1", "de en", "de"],
    ["en;q=0.5, *;q=0.9", "en de", "de"],
    ["fr", "de en", undefined],
    ["de;q=0", "de", undefined],
    ["de;q=0, *", "de en", "en"],
    ["de, de-AT;q=0", "de-AT de-CH", "de-CH"],
    ["de-AT, *;q=0", "de", undefined],
    ["zh-Hant-TW", "zh-Hans zh-Hant", "zh-Hant"],
    ["zh-Hant", "zh-Hans", undefined],
  ])("%j of %s is %s", (accept, offered, language) => {
    expect(negotiateLanguage(accept, offered.split(" "))).toBe(language);
  });
});

describe("the charset for Accept-Charset", () => {
  it.each([
    [undefined, "utf-8", "utf-8"],
    ["ISO-8859-1,utf-8;q=0.7,*;q=0.3", "utf-8 iso-8859-1", "iso-8859-1"],
    ["ISO-8859-1", "utf-8", undefined],
    ["*", "UTF-8", "UTF-8"],
    ["utf-8;q=0, *", "utf-8 us-ascii", "us-ascii"],
  ])("%j of %s is %s", (accept, offered, charset) => {
    expect(negotiateCharset(accept, offered.split(" "))).toBe(charset);
  });
});

it("takes a field of whatever text", () => {
  const text = fc.string({ unit: fc.constantFrom(...'a*/;,q=.0 1-"\\') });
  fc.assert(
    fc.property(text, (field) => {
      for (const negotiate of [negotiateType, negotiateEncoding, negotiateLanguage, negotiateCharset])
        negotiate(field, ["a/a", "a", "a-a"]);
    }),
  );
});
