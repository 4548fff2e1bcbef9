import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NetworkError } from "../../../src/error/index.js";
import {
  constantTimeEqual,
  decodeBase64,
  decodeBase64Url,
  encodeBase64,
  encodeBase64Url,
  encodeHex,
  formatBasic,
  parseBasic,
  parseCredentials,
  randomBytes,
  type Login,
} from "../../../src/http/index.js";
import { SimulatedRandom } from "../../../simulator/index.js";

describe("base64", () => {
  // RFC 4648 §10.
  it.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("%j is %j", (text, encoded) => {
    expect(encodeBase64(Buffer.from(text))).toBe(encoded);
    expect(Buffer.from(decodeBase64(encoded)!).toString()).toBe(text);
  });

  it.each([
    "Z",
    "Zg",
    "Zg=",
    "Zg===",
    "Zh==",
    "Zm9=",
    "Zm9v=",
    "====",
    "=",
    "Zm-v",
    "Zm9v Zm9v",
    "Zm9v\n",
    "Zg==Zg==",
    "\u00e4",
  ])("%j is none", (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it.each(["Zg==", "Z", "Zh", "Zm+v", "Zm/v", "Zm9v="])("%j is none for URLs", (text) => {
    expect(decodeBase64Url(text)).toBeUndefined();
  });

  it("is what Node has", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(encodeBase64(bytes)).toBe(buffer.toString("base64"));
        expect(encodeBase64Url(bytes)).toBe(buffer.toString("base64url"));
        expect(encodeHex(bytes)).toBe(buffer.toString("hex"));
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });
});

describe("Basic", () => {
  it.each<[string, Login]>([
    // RFC 7617 §2 and §2.1.
    ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", { user: "Aladdin", password: "open sesame" }],
    ["Basic dGVzdDoxMjPCow==", { user: "test", password: "123\u00a3" }],
    ["basic Og==", { user: "", password: "" }],
    ["Basic YTpiOmM=", { user: "a", password: "b:c" }],
    // ISO-8859-1, from clients that do not know UTF-8.
    ["Basic dGVzdDoxMjOj", { user: "test", password: "123\u00a3" }],
  ])("%s", (field, login) => {
    expect(parseBasic(parseCredentials(field)!)).toEqual(login);
  });

  it.each([
    "Basic",
    "Basic QWxhZGRpbg==",
    "Basic YTpi!",
    "Basic YTpiAA==",
    "Bearer YTpi",
    "Basic YTpi=",
    'Basic a="YTpi"',
  ])("refuses %s", (field) => {
    const credentials = parseCredentials(field);
    expect(credentials && parseBasic(credentials)).toBeUndefined();
  });

  it("says what was written", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(
        text.map((user) => user.replaceAll(":", "")),
        text,
        (user, password) => {
          expect(parseBasic(parseCredentials(formatBasic({ user, password }))!)).toEqual({ user, password });
        },
      ),
    );
  });

  it.each([
    ["a:b", ""],
    ["a", "\n"],
    ["\x7f", ""],
  ])("writes no %j with %j", (user, password) => {
    expect(() => formatBasic({ user, password })).toThrow(NetworkError);
  });
});

describe("comparing secrets", () => {
  it.each([
    ["", "", true],
    ["a", "", false],
    ["", "a", false],
    ["secret", "secret", true],
    ["secret", "secreT", false],
    ["secret", "Secret", false],
    ["secret", "secretsecret", false],
    ["secret", "secre", false],
  ])("%j and %j: %s", (secret, claimed, equal) => {
    expect(constantTimeEqual(Buffer.from(secret), Buffer.from(claimed))).toBe(equal);
  });
});

it("draws random bytes of any number, all of a word", () => {
  const random = SimulatedRandom.fromSeed(7);
  const [first, second] = [random.uint32(), random.uint32()];
  const bytes = randomBytes(SimulatedRandom.fromSeed(7), 7);
  const expected = Buffer.alloc(8);
  expected.writeUInt32LE(first, 0);
  expected.writeUInt32LE(second, 4);
  expect(Buffer.from(bytes)).toEqual(expected.subarray(0, 7));
});
