import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { Ipv4Address } from "../../../src/address/index.js";
import { answerQuery } from "../../../src/device/setup/index.js";

const ADDRESS = Ipv4Address.parse("192.168.4.1");
const A = 1;
const AAAA = 28;
const HTTPS = 65;

/** A query as resolvers send it: recursion desired, one question, class IN. */
function query(
  name: string,
  type: number,
  { flags = 0x0100, rest = [] as number[], counts = [1, 0, 0, 0] } = {},
): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label, "latin1")]);
  const header = [0xbe, 0xef, flags >> 8, flags & 0xff, ...counts.flatMap((count) => [0, count])];
  return Uint8Array.from([...header, ...labels, 0, 0, type, 0, 1, ...rest]);
}

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString("hex");

describe("the answer to a query", () => {
  it.each(["captive.apple.com", "connectivitycheck.gstatic.com", "a", "x".repeat(63)])(
    "for %s is the device",
    (name) => {
      const asked = query(name, A);
      const question = hex(asked.subarray(12))!;
      expect(hex(answerQuery(asked, ADDRESS))).toBe(
        `beef8500${"0001000100000000"}${question}c00c0001000100000000${"0004c0a80401"}`,
      );
    },
  );

  it.each([
    ["AAAA", AAAA],
    ["HTTPS", HTTPS],
  ])("for type %s is that there is none", (_, type) => {
    const asked = query("example.com", type);
    expect(hex(answerQuery(asked, ADDRESS))).toBe(`beef8500${"0001000000000000"}${hex(asked.subarray(12))!}`);
  });

  it("leaves EDNS's record out", () => {
    const opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
    const asked = query("example.com", A, { rest: opt, counts: [1, 0, 0, 1] });
    expect(hex(answerQuery(asked, ADDRESS))).toBe(hex(answerQuery(query("example.com", A), ADDRESS)));
  });

  it.each([
    ["nothing", new Uint8Array(0)],
    ["a header cut off", query("a", A).subarray(0, 11)],
    ["a response", query("a", A, { flags: 0x8180 })],
    ["another opcode", query("a", A, { flags: 0x2800 })],
    ["no question", query("a", A, { counts: [0, 0, 0, 0] })],
    ["two questions", query("a", A, { counts: [2, 0, 0, 0] })],
    ["a name without an end", query("abc", A).subarray(0, 15)],
    ["a name that is a pointer", Uint8Array.from([...query("a", A).subarray(0, 12), 0xc0, 0x0c, 0, A, 0, 1])],
    ["a question cut off", query("a", A).subarray(0, -1)],
  ])("is none to %s", (_, bytes) => {
    expect(answerQuery(bytes, ADDRESS)).toBeUndefined();
  });

  it("is never more than 16 bytes longer, whatever comes: it can't be used to flood others", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const answer = answerQuery(bytes, ADDRESS);
        expect(answer === undefined || answer.length <= bytes.length + 16).toBe(true);
      }),
    );
  });
});
