import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { HttpUrl } from "../../../src/http/index.js";

describe("an HTTP URL", () => {
  it("has its parts", () => {
    const url = HttpUrl.parse("HTTP://Ann:s%20c@Device.Local:8080/a/./b/../c?q=1&r#top");
    expect(url).toMatchObject({
      scheme: "http",
      isSecure: false,
      username: "Ann",
      password: "s%20c",
      host: "device.local",
      isAddress: false,
      port: 8080,
      path: "/a/c",
      query: "q=1&r",
      fragment: "top",
      authority: "device.local:8080",
      origin: "http://device.local:8080",
      target: "/a/c?q=1&r",
      withoutSecrets: "http://device.local:8080/a/c?q=1&r",
    });
    expect(url.toString()).toBe("http://Ann:s%20c@device.local:8080/a/c?q=1&r#top");
  });

  it("does not name its scheme's own port", () => {
    expect(HttpUrl.parse("https://a:443/")).toMatchObject({ authority: "a", port: 443, isSecure: true });
    expect(HttpUrl.parse("http://a:443/")).toMatchObject({ authority: "a:443", port: 443 });
  });

  it.each([
    ["http://[2001:DB8:0::1]:81/", "http://[2001:db8::1]:81/"],
    ["http://192.168.1.1", "http://192.168.1.1/"],
    ["http://a?b", "http://a/?b"],
    ["  http://a/\tb\n ", "http://a/b"],
    ["http:\\\\a\\b", "http://a/b"],
    ["http://a/ü €", "http://a/%C3%BC%20%E2%82%AC"],
    ["http://x@y:z@a/", "http://x%40y:z@a/"],
    ["http://a/%2e%2E/%zz", "http://a/%zz"],
    ["http://a/\ud800", "http://a/%EF%BF%BD"],
  ])("%j is %s", (text, url) => expect(HttpUrl.parse(text).toString()).toBe(url));

  it.each([
    ["/path", "it has no scheme"],
    ["ftp://a/", "neither http: nor https:"],
    ["http://", "it names no host"],
    ["http://user@/", "it names no host"],
    ["http://:80/", "it names no host"],
    ["http://a:65536/", "no number up to 65535"],
    ["http://a:8o/", "no number up to 65535"],
    ["http://[::1", "no IPv6 address"],
    ["http://[fe80::1%eth0]/", "no IPv6 address"],
    ["http://0x7f.1/", "no IPv4 address"],
    ["http://a b/", "a character that none has"],
    ["http://a%2fb/", "a character that none has"],
    ["http://bücher.example/", "xn--"],
  ])("%j is refused: %s", (text, reason) => {
    expect(() => HttpUrl.parse(text)).toThrow(reason);
    expect(HttpUrl.tryParse(text)).toBeUndefined();
  });

  // RFC 3986 §5.4, with its base in http.
  it.each([
    ["g", "http://a/b/c/g"],
    ["./g", "http://a/b/c/g"],
    ["g/", "http://a/b/c/g/"],
    ["/g", "http://a/g"],
    ["//g", "http://g/"],
    ["?y", "http://a/b/c/d;p?y"],
    ["g?y", "http://a/b/c/g?y"],
    ["#s", "http://a/b/c/d;p?q#s"],
    ["g#s", "http://a/b/c/g#s"],
    ["g?y#s", "http://a/b/c/g?y#s"],
    [";x", "http://a/b/c/;x"],
    ["g;x?y#s", "http://a/b/c/g;x?y#s"],
    ["", "http://a/b/c/d;p?q"],
    [".", "http://a/b/c/"],
    ["..", "http://a/b/"],
    ["../g", "http://a/b/g"],
    ["../..", "http://a/"],
    ["../../../g", "http://a/g"],
    ["/./g", "http://a/g"],
    ["g.", "http://a/b/c/g."],
    ["..g", "http://a/b/c/..g"],
    ["./g/.", "http://a/b/c/g/"],
    ["g;x=1/../y", "http://a/b/c/y"],
    ["g?y/../x", "http://a/b/c/g?y/../x"],
    ["http:g", "http://a/b/c/g"],
  ])("resolves %j to %s", (reference, url) => {
    expect(HttpUrl.parse(reference, HttpUrl.parse("http://a/b/c/d;p?q")).toString()).toBe(url);
  });
});

/** Pieces that URLs break at. */
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(..."/\\?#@:[].%&;=~^|`{}'\"<> \tüa1-", "//", "..", "%2e", "%41", "🙂"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom("http:", "https:", "HTTP://", "user", "host", "b.example", "80", ":443"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 3 }) },
);
const reference = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));
const absolute = fc
  .tuple(
    fc.constantFrom("http://", "https://", "http:", "Https:\\\\"),
    fc.constantFrom("", "u:p@", "u@"),
    fc.constantFrom("a", "b.c", "[::1]", "10.0.0.1"),
    reference,
  )
  .map((parts) => parts.join(""));

const BASE = "http://u:p@base.example:81/x/y/z?q#f";

describe("compared with Node's URL", () => {
  it.each([
    ["absolute", absolute],
    ["relative", reference],
  ])("%s ones are read alike", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const theirs = URL.canParse(text, BASE) ? new URL(text, BASE) : undefined;
        const ours = HttpUrl.tryParse(text, HttpUrl.parse(BASE));
        if (theirs === undefined) return expect(ours).toBeUndefined();
        if (ours === undefined) return expect(isOurRefusal(text, theirs)).toBe(true);
        expect(asNodeHasIt(ours)).toBe(theirs.href);
        expect(ours.origin).toBe(theirs.origin);
      }),
      { numRuns: 3000 },
    );
  });

  it("what was formatted is read as the same", () => {
    fc.assert(
      fc.property(absolute, (text) => {
        const url = HttpUrl.tryParse(text);
        if (url !== undefined) expect(HttpUrl.parse(url.toString()).toString()).toBe(url.toString());
      }),
      { numRuns: 1000 },
    );
  });
});

/** What this client refuses and browsers read, each for a reason. */
function isOurRefusal(text: string, theirs: URL): boolean {
  return (
    // Other schemes are not its own.
    !/^https?:$/.test(theirs.protocol) ||
    // Hosts that are no reg-name of RFC 3986.
    /["`{}]/.test(theirs.hostname) ||
    // IPv4 addresses in other forms than four decimal numbers (RFC 6943 §3.1.1).
    /^[0-9.]+$/.test(theirs.hostname) ||
    // Internationalized names, and what their mapping makes of other characters.
    /[^\0-\x7f]|%[89a-f]/i.test(text)
  );
}

/** Node's version is older than the rule to encode "^" in paths. */
function asNodeHasIt(url: HttpUrl): string {
  const text = url.toString();
  return text.replace(url.path, () => url.path.replaceAll("%5E", "^"));
}
