import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nodeServices } from "../../hosts/node/index.js";
import { decodeLatin1, LATIN1_PIECE } from "../../src/host/index.js";

describe.each([
  ["the portable decoder", decodeLatin1],
  ["Node's", nodeServices.decode],
])("%s", (_, decode) => {
  it("makes each byte a character", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = decode(bytes, 0, 256);
    expect([...text].map((character) => character.charCodeAt(0))).toEqual([...bytes]);
    expect(decode(bytes, 65, 68)).toBe("ABC");
    expect(decode(bytes.subarray(65), 0, 2)).toBe("AB");
    expect(decode(bytes, 65, 65)).toBe("");
  });

  it("takes any number of bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3 * LATIN1_PIECE }), fc.nat(9), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        expect(decode(bytes, from, bytes.length)).toBe(Buffer.from(bytes).toString("latin1", from));
      }),
    );
  });
});
