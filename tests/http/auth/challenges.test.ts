import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NetworkError } from "../../../src/error/index.js";
import {
  formatAuth,
  MAX_AUTH_FIELD,
  MAX_AUTH_PARAMETERS,
  parseChallenges,
  parseCredentials,
  type AuthElement,
} from "../../../src/http/index.js";

type Plain = [scheme: string, payload?: string | Record<string, string>];

/** An element as a test writes it. */
function plain({ scheme, token68, parameters }: AuthElement): Plain {
  return parameters.size > 0
    ? [scheme, Object.fromEntries(parameters)]
    : token68 === undefined
      ? [scheme]
      : [scheme, token68];
}

describe("challenges", () => {
  it.each<[string, Plain[]]>([
    ['Basic realm="WallyWorld"', [["basic", { realm: "WallyWorld" }]]],
    ['Basic realm="foo", charset="UTF-8"', [["basic", { realm: "foo", charset: "UTF-8" }]]],
    [
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        ["basic", { realm: "simple" }],
        ["newauth", { realm: "apps", type: "1", title: 'Login to "apps"' }],
      ],
    ],
    ["Negotiate", [["negotiate"]]],
    ["Negotiate, Basic realm=x", [["negotiate"], ["basic", { realm: "x" }]]],
    ["NTLM TlRMTVNTUAAC==, Bearer", [["ntlm", "TlRMTVNTUAAC=="], ["bearer"]]],
    [
      "A abc=, B def",
      [
        ["a", "abc="],
        ["b", "def"],
      ],
    ],
    [' ,, Basic \t realm\t= "a, b" ,\t, type =x ,', [["basic", { realm: "a, b", type: "x" }]]],
    ['Basic REALM="\\x\\\\"', [["basic", { realm: "x\\" }]]],
    ['Basic realm=""', [["basic", { realm: "" }]]],
    ['Bearer realm="a", error="invalid_token"', [["bearer", { realm: "a", error: "invalid_token" }]]],
    ["", []],
    [", ,", []],
  ])("%s", (field, expected) => {
    expect(parseChallenges(field).map(plain)).toEqual(expected);
  });

  it.each<[string, string, Plain[]]>([
    ["an unclosed quote", 'Basic realm="a", Digest realm="b', [["basic", { realm: "a" }]]],
    ["an unfinished escape", 'Basic realm="b\\', []],
    ["a parameter that comes twice", 'Basic, Digest realm=a, Realm="b"', [["basic"]]],
    ["something behind a token68", "A abc== def", []],
    ["something behind a quoted string", 'A b="c"d', []],
    ["a parameter without a scheme", '="a"', []],
    ["what is no token", "Basic, (realm)", [["basic"]]],
    ["controls", "Basic\0", []],
    [
      "too many parameters",
      `A ${Array.from({ length: MAX_AUTH_PARAMETERS + 1 }, (_, at) => `p${at}=x`).join()}`,
      [],
    ],
    ["too long a field", `Basic ${"a".repeat(MAX_AUTH_FIELD)}`, []],
  ])("end before %s", (_, field, expected) => {
    expect(parseChallenges(field).map(plain)).toEqual(expected);
  });
});

describe("credentials", () => {
  it.each<[string, Plain]>([
    ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", ["basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]],
    ["Bearer mF_9.B5f-4.1JqM", ["bearer", "mF_9.B5f-4.1JqM"]],
    ["bearer  ~+/=", ["bearer", "~+/="]],
    ['Digest username="Mufasa", nc=00000001', ["digest", { username: "Mufasa", nc: "00000001" }]],
    ["Basic", ["basic"]],
  ])("%s", (field, expected) => {
    expect(plain(parseCredentials(field)!)).toEqual(expected);
  });

  it.each([
    "",
    " ",
    "Basic a b",
    "Basic a, Basic b",
    'Digest a="b',
    "Digest a=b, a=c",
    "=",
    "Bearer ä",
    "Bearer ==",
  ])("refuses %j", (field) => {
    expect(parseCredentials(field)).toBeUndefined();
  });

  it("never throw", () => {
    const part = fc.constantFrom("Basic", " ", ",", "=", '"', "\\", "a", "==", "\t", "realm", "\u00ff");
    const field = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(part).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(field, (text) => {
        const elements = parseChallenges(text);
        const credentials = parseCredentials(text);
        // Whoever is let in with it has sent a single element.
        if (credentials !== undefined) expect(elements).toEqual([credentials]);
      }),
    );
  });

  it("say what was written", () => {
    const value = fc.string({ unit: fc.constantFrom(...' !"#,/=\\az\u00ff\t') });
    const name = fc.constantFrom("realm", "nonce", "qop", "uri");
    fc.assert(
      fc.property(fc.dictionary(name, value, { minKeys: 1 }), (parameters) => {
        expect(plain(parseCredentials(formatAuth("Digest", parameters))!)).toEqual([
          "digest",
          { ...parameters },
        ]);
      }),
    );
  });
});

describe("writing challenges", () => {
  it("quotes strings, and leaves tokens as they are", () => {
    expect(formatAuth("Digest", { realm: 'the "x\\y"', algorithm: { token: "SHA-256" } })).toBe(
      'Digest realm="the \\"x\\\\y\\"", algorithm=SHA-256',
    );
    expect(formatAuth("Negotiate", {})).toBe("Negotiate");
  });

  it.each([
    ["Di gest", {}],
    ["Digest", { "re alm": "x" }],
    ["Digest", { realm: "x\r\ny" }],
    ["Digest", { algorithm: { token: "x y" } }],
  ])("refuses %s %j", (scheme, parameters) => {
    expect(() => formatAuth(scheme, parameters)).toThrow(NetworkError);
  });
});
