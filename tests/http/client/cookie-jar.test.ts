import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CookieJar, HttpUrl, MAX_COOKIES_PER_DOMAIN, MAX_JAR_COOKIES } from "../../../src/http/index.js";

let now: number | undefined;
let jar: CookieJar;

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  jar = new CookieJar({ wallClock: { now: () => now } });
});

describe("a cookie", () => {
  // What is set where, and for which URLs it comes back.
  it.each([
    [
      "http://a.example/",
      "k=v",
      ["http://a.example/", "http://a.example/x/y", "https://a.example:8443/"],
      ["http://b.a.example/", "http://example/", "http://aa.example/"],
    ],
    [
      "http://a.example/",
      "k=v; Domain=a.example",
      ["http://a.example/", "http://b.a.example/"],
      ["http://ba.example/", "http://example/"],
    ],
    [
      "http://b.a.example/",
      "k=v; Domain=.A.example",
      ["http://a.example/", "http://b.a.example/", "http://c.a.example/"],
      ["http://b.example/"],
    ],
    [
      "http://a.example/x/y",
      "k=v",
      ["http://a.example/x", "http://a.example/x/", "http://a.example/x/z"],
      ["http://a.example/", "http://a.example/xx"],
    ],
    [
      "http://a.example/x/y",
      "k=v; Path=/z/",
      ["http://a.example/z/", "http://a.example/z/a"],
      ["http://a.example/z", "http://a.example/x/y"],
    ],
    ["http://a.example/x/y", "k=v; Path=z", ["http://a.example/x"], ["http://a.example/z"]],
    ["https://a.example/", "k=v; Secure", ["https://a.example/"], ["http://a.example/"]],
    ["http://192.0.2.1/", "k=v", ["http://192.0.2.1/", "http://192.0.2.1:81/"], ["http://192.0.2.2/"]],
    ["http://[::1]/", "k=v", ["http://[::1]/"], ["http://[::2]/"]],
    ["http://localhost/", "k=v; Domain=localhost", ["http://localhost/"], ["http://a.localhost/"]],
  ])("%s sets %s", (from, field, theirs, others) => {
    expect(jar.store(from, field)).toBe(true);
    for (const url of theirs) expect([url, jar.cookiesFor(url)]).toEqual([url, "k=v"]);
    for (const url of others) expect([url, jar.cookiesFor(url)]).toEqual([url, undefined]);
  });

  it.each([
    ["http://a.example/", "k=v; Domain=b.example"],
    ["http://a.example/", "k=v; Domain=b.a.example"],
    ["http://a.example/", "k=v; Domain=example"],
    ["http://1.2.3.4/", "k=v; Domain=3.4"],
    ["http://a.example/", "k=v; Secure"],
    ["http://a.example/", "__Secure-k=v"],
    ["https://a.example/", "__Host-k=v; Secure; Path=/; Domain=a.example"],
    ["https://a.example/", "k=v; SameSite=None"],
    ["http://a.example/", "k=\u0001"],
  ])("%s may not set %s", (from, field) => {
    expect(jar.store(from, field)).toBe(false);
    expect(jar.cookies).toEqual([]);
  });

  it("is replaced by one of the same name, domain and path, which keeps its place", () => {
    jar.store("http://a/", "x=1");
    jar.store("http://a/", "y=1");
    jar.store("http://a/", "x=2");
    jar.store("http://a/", "x=3; Path=/p");
    expect(jar.cookiesFor("http://a/p")).toBe("x=3; x=2; y=1");
  });

  it("that is secure is neither replaced nor hidden over http", () => {
    jar.store("https://a.example/", "k=good; Secure");
    expect(jar.store("http://a.example/", "k=evil")).toBe(false);
    expect(jar.store("http://a.example/login", "k=evil; Path=/login")).toBe(false);
    expect(jar.store("http://b.a.example/", "k=evil; Domain=a.example")).toBe(false);
    expect(jar.cookiesFor("https://a.example/login")).toBe("k=good");
  });

  it.each(["Expires=Fri, 31 Dec 9999 23:59:59 GMT", "Max-Age=999999999"])(
    "with %s ends after 400 days",
    (age) => {
      jar.store("http://a/", `k=v; ${age}`);
      expect(jar.cookies[0]?.expires).toBe(now! + 400 * 86_400_000);
    },
  );

  it("ends when it says", () => {
    jar.store("http://a/", "age=1; Max-Age=60; Expires=Wed, 01 Jan 2020 00:00:00 GMT");
    jar.store("http://a/", "date=1; Expires=Thu, 01 Jan 2026 00:02:00 GMT");
    jar.store("http://a/", "session=1");
    expect(jar.cookiesFor("http://a/")).toBe("age=1; date=1; session=1");
    now! += 60_000;
    expect(jar.cookiesFor("http://a/")).toBe("date=1; session=1");
    now! += 60_000;
    expect(jar.cookiesFor("http://a/")).toBe("session=1");
    jar.store("http://a/", "session=; Max-Age=0");
    expect(jar.cookiesFor("http://a/")).toBeUndefined();
  });

  it("is kept while nobody knows the time", () => {
    now = undefined;
    jar.store("http://a/", "date=1; Expires=Wed, 01 Jan 2020 00:00:00 GMT");
    jar.store("http://a/", "gone=1; Max-Age=-1");
    expect(jar.cookiesFor("http://a/")).toBe("date=1");
    now = Date.UTC(2026, 0, 1);
    expect(jar.cookiesFor("http://a/")).toBeUndefined();
  });
});

describe("where another site has led to", () => {
  const foreign = [HttpUrl.parse("http://evil.example/")];

  it.each([
    ["GET", "none=1; lax=1; free=1"],
    ["POST", "free=1"],
  ])("%s takes along what SameSite lets it", (method, cookies) => {
    const shop = HttpUrl.parse("https://shop.test/");
    jar.store(shop, "none=1");
    jar.store(shop, "lax=1; SameSite=Lax");
    jar.store(shop, "strict=1; SameSite=Strict");
    jar.store(shop, "free=1; SameSite=None; Secure");
    expect(jar.cookiesFor(shop, { method, path: foreign })).toBe(cookies);
    expect(jar.cookiesFor(shop, { method })).toBe("none=1; lax=1; strict=1; free=1");
  });

  it("a name of the same site is no other one", () => {
    const shop = HttpUrl.parse("https://shop.test/");
    jar.store(shop, "strict=1; SameSite=Strict");
    const path = [HttpUrl.parse("https://login.shop.test/")];
    expect(jar.cookiesFor(shop, { method: "POST", path })).toBe("strict=1");
    expect(jar.cookiesFor(shop, { path: [HttpUrl.parse("http://shop.test/")] })).toBeUndefined();
  });
});

it("asks who knows the public suffixes", () => {
  jar = new CookieJar({
    wallClock: { now: () => now },
    isPublicSuffix: (domain) => ["uk", "co.uk"].includes(domain),
  });
  expect(jar.store("http://a.co.uk/", "k=v; Domain=co.uk")).toBe(false);
  expect(jar.store("http://a.co.uk/", "k=v; Domain=a.co.uk")).toBe(true);
  expect(jar.store("http://co.uk/", "k=own; Domain=co.uk")).toBe(true);
  expect(jar.cookiesFor("http://b.a.co.uk/")).toBe("k=v");
  expect(jar.cookiesFor("http://co.uk/")).toBe("k=own");
});

describe("a full jar", () => {
  it("drops the cookie of the domain that was used longest ago, secure ones last", () => {
    jar.store("https://a/", "secure=1; Secure");
    jar.store("https://a/", "used=1; Path=/used");
    for (let index = 2; index < MAX_COOKIES_PER_DOMAIN; index++)
      jar.store("https://a/", `c${index}=1; Path=/c`);
    jar.cookiesFor("https://a/used");
    jar.store("https://a/", "last=1");
    const names = jar.cookies.map(({ name }) => name);
    expect(names).toHaveLength(MAX_COOKIES_PER_DOMAIN);
    expect(names).toEqual(expect.arrayContaining(["secure", "used", "last"]));
  });

  it("holds so many and no more", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 300 }), (settings) => {
        jar.clear();
        for (const [host, name] of settings) {
          jar.store(`http://h${host}/`, `n${name}=v`);
          expect(jar.cookiesFor(`http://h${host}/`)).toContain(`n${name}=v`);
        }
        expect(jar.cookies.length).toBeLessThanOrEqual(MAX_JAR_COOKIES);
      }),
      { numRuns: 50 },
    );
  });
});
