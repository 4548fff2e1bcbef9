import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NetworkError } from "../../../src/error/index.js";
import {
  formatSetCookie,
  MAX_COOKIE,
  MAX_COOKIE_AGE,
  parseSetCookie,
  type CookieAttributes,
} from "../../../src/http/index.js";

const DATE = Date.UTC(2021, 5, 9, 10, 18, 14);

describe("writing Set-Cookie", () => {
  it.each<[string, string, CookieAttributes, string]>([
    ["SID", "31d4d96e407aad42", {}, "SID=31d4d96e407aad42"],
    ["SID", "31d4", { path: "/", secure: true, httpOnly: true }, "SID=31d4; Path=/; Secure; HttpOnly"],
    ["lang", "en-US", { path: "/", domain: "site.example" }, "lang=en-US; Domain=site.example; Path=/"],
    ["lang", "en-US", { expires: DATE }, "lang=en-US; Expires=Wed, 09 Jun 2021 10:18:14 GMT"],
    ["lang", "", { expires: 0 }, "lang=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    ["a", '"b"', { maxAge: 60, sameSite: "Strict" }, 'a="b"; Max-Age=60; SameSite=Strict'],
    [
      "a",
      "b",
      { sameSite: "None", secure: true, partitioned: true },
      "a=b; Secure; SameSite=None; Partitioned",
    ],
    [
      "__Secure-SID",
      "1",
      { domain: "site.example", secure: true },
      "__Secure-SID=1; Domain=site.example; Secure",
    ],
    ["__Host-SID", "12345", { secure: true, path: "/" }, "__Host-SID=12345; Path=/; Secure"],
    ["a", "b=c", { secure: false, httpOnly: false, partitioned: false }, "a=b=c"],
  ])("%s=%s %j", (name, value, attributes, expected) => {
    expect(formatSetCookie(name, value, attributes)).toBe(expected);
  });

  it.each<[string, string, string, CookieAttributes]>([
    ["no name", "", "x", {}],
    ["a blank in the name", "a b", "x", {}],
    ["= in the name", "a=b", "x", {}],
    ["a name that is no token", "a[]", "x", {}],
    ["; in the value", "a", "x; Secure", {}],
    ["a line end in the value", "a", "x\r\nSet-Cookie: b=c", {}],
    ["a comma in the value", "a", "1,2", {}],
    ["a blank in the value", "a", "1 2", {}],
    ["a lone quote", "a", '"', {}],
    ["a quote inside", "a", '"x"y"', {}],
    ["a value that is no ASCII", "a", "\u00e4", {}],
    ["a large value", "a", "x".repeat(MAX_COOKIE), {}],
    ["; in the path", "a", "x", { path: "/a; Domain=b" }],
    ["a line end in the path", "a", "x", { path: "/\r\n" }],
    ["a path that is none", "a", "x", { path: "a" }],
    ["; in the domain", "a", "x", { domain: "a;b" }],
    ["no domain", "a", "x", { domain: "" }],
    ["no whole number of seconds", "a", "x", { maxAge: 1.5 }],
    ["no seconds, which an old date says", "a", "x", { maxAge: 0 }],
    ["no date", "a", "x", { expires: NaN }],
    ["a year of five digits", "a", "x", { expires: Date.UTC(10_000, 0) }],
    ["SameSite=None for all to see", "a", "x", { sameSite: "None" }],
    ["Partitioned for all to see", "a", "x", { partitioned: true }],
    ["__Secure- without Secure", "__Secure-SID", "12345", { domain: "site.example" }],
    ["__Host- without Secure", "__Host-SID", "12345", { path: "/" }],
    ["__Host- without a path", "__Host-SID", "12345", { secure: true }],
    ["__Host- with another path", "__Host-SID", "12345", { secure: true, path: "/a" }],
    ["__Host- with a domain", "__Host-SID", "12345", { secure: true, path: "/", domain: "site.example" }],
    ["a prefix in other letters, which clients know too", "__hOST-SID", "12345", { secure: true }],
  ])("refuses %s", (_, name, value, attributes) => {
    expect(() => formatSetCookie(name, value, attributes)).toThrow(NetworkError);
  });
});

describe("reading Set-Cookie", () => {
  it.each<[string, object]>([
    ["SID=31d4d96e407aad42", { name: "SID", value: "31d4d96e407aad42" }],
    [
      "SID=31d4; Path=/; Secure; HttpOnly",
      { name: "SID", value: "31d4", path: "/", secure: true, httpOnly: true },
    ],
    [
      "lang=en-US; Path=/; Domain=site.example",
      { name: "lang", value: "en-US", path: "/", domain: "site.example" },
    ],
    ["lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT", { name: "lang", value: "", expires: 784_111_777_000 }],
    ["  a\t= b c ;secure", { name: "a", value: "b c", secure: true }],
    ["a=b;;; ;=;x=y;httponly=no", { name: "a", value: "b", httpOnly: true }],
    ["alone", { name: "", value: "alone" }],
    ["=alone", { name: "", value: "alone" }],
    ["a=", { name: "a", value: "" }],
    ['a="b; c"', { name: "a", value: '"b' }],
    ["a=b; Domain=.Site.EXAMPLE", { name: "a", value: "b", domain: "site.example" }],
    ["a=b; Domain=x.example; Domain=", { name: "a", value: "b" }],
    ["a=b; Path=/x; Path=y", { name: "a", value: "b" }],
    ["a=b; Path=/x; Path=/y", { name: "a", value: "b", path: "/y" }],
    ["a=b; Max-Age=60", { name: "a", value: "b", maxAge: 60 }],
    ["a=b; MAX-AGE=-1", { name: "a", value: "b", maxAge: 0 }],
    ["a=b; Max-Age=-0", { name: "a", value: "b", maxAge: 0 }],
    ["a=b; Max-Age=60; Max-Age=1h", { name: "a", value: "b", maxAge: 60 }],
    ["a=b; Max-Age=+60", { name: "a", value: "b" }],
    ["a=b; Max-Age=-", { name: "a", value: "b" }],
    ["a=b; Max-Age", { name: "a", value: "b" }],
    [`a=b; Max-Age=${"9".repeat(400)}`, { name: "a", value: "b", maxAge: MAX_COOKIE_AGE }],
    ["a=b; Expires=soon", { name: "a", value: "b" }],
    ["a=b; SameSite=lax", { name: "a", value: "b", sameSite: "Lax" }],
    ["a=b; SameSite=Strict; SameSite=whatever", { name: "a", value: "b" }],
    [
      "a=b; SameSite=None; Secure; Partitioned",
      { name: "a", value: "b", sameSite: "None", secure: true, partitioned: true },
    ],
    [`a=b; Path=/${"x".repeat(1024)}`, { name: "a", value: "b" }],
    ["__Host-SID=12345; Secure; Path=/", { name: "__Host-SID", value: "12345", secure: true, path: "/" }],
  ])("%j", (field, expected) => {
    expect(parseSetCookie(field)).toEqual(expected);
  });

  it.each([
    "",
    "=",
    " ; Secure",
    "a=b\0",
    "a=b\x7f",
    "a=b; Path=/\x01",
    `a=${"x".repeat(MAX_COOKIE)}`,
    "a=b; Domain=s\u00fc\u00df.example",
    "a=b; SameSite=None",
    "a=b; Partitioned",
    "__Secure-SID=12345; Domain=site.example",
    "__Host-SID=12345",
    "__Host-SID=12345; Secure",
    "__Host-SID=12345; Domain=site.example",
    "__Host-SID=12345; Domain=site.example; Path=/",
    "__Host-SID=12345; Secure; Domain=site.example; Path=/",
    "__host-SID=12345; Path=/",
    "=__Host-SID=12345; Secure; Path=/",
    "__Secure-SID",
  ])("ignores %j", (field) => {
    expect(parseSetCookie(field)).toBeUndefined();
  });

  it("never throws", () => {
    const part = fc.constantFrom(
      "a",
      "=",
      ";",
      " ",
      "Max-Age",
      "Expires",
      "Domain",
      ".",
      "-",
      "9",
      "__Host-",
      "\t",
      "\u00ff",
    );
    const field = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(part).map((parts) => parts.join("")),
    );
    fc.assert(fc.property(field, (text) => void parseSetCookie(text)));
  });

  it("reads back what was written", () => {
    const octets = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.09AZ^`az|~"), minLength: 1 });
    const attributes = fc.record<CookieAttributes>(
      {
        expires: fc.integer({ min: -1e9, max: 2e9 }).map((seconds) => seconds * 1000),
        maxAge: fc.integer({ min: 1, max: MAX_COOKIE_AGE }),
        domain: fc.constantFrom("a", "b.example"),
        path: fc.constantFrom("/", "/a b"),
        secure: fc.constant(true),
        httpOnly: fc.constant(true),
        sameSite: fc.constantFrom("Lax", "Strict"),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(octets, fc.oneof(octets, fc.constant("")), attributes, (name, value, given) => {
        expect(parseSetCookie(formatSetCookie(name, value, given))).toEqual({ name, value, ...given });
      }),
    );
  });
});
