import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { addToChecksum, checksumIsGood, finishChecksum } from "../../src/wire/index.js";
import { internetChecksum } from "../stack/support/checksum.js";

describe("the Internet checksum (RFC 1071)", () => {
  it("of the example in §3 is 220d", () => {
    const bytes = Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
    expect(finishChecksum(addToChecksum(0, bytes, 0, 8))).toBe(0x220d);
  });

  it("of nothing is ffff, and of all ones 0", () => {
    expect(finishChecksum(0)).toBe(0xffff);
    expect(finishChecksum(addToChecksum(0, Uint8Array.of(0xff, 0xff), 0, 2))).toBe(0);
  });

  it("is what a plain loop computes, at any offset and length", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(300),
        fc.nat(300),
        fc.nat(0xffff_ffff >>> 1),
        (bytes, a, b, start) => {
          const at = Math.min(a, bytes.length);
          const length = Math.min(b, bytes.length - at);
          const before = Buffer.from([start >>> 24, start >>> 16, start >>> 8, start]);
          const sum = (start >>> 16) + (start & 0xffff);
          expect(finishChecksum(addToChecksum(sum, bytes, at, length))).toBe(
            internetChecksum(before, bytes.subarray(at, at + length)),
          );
        },
      ),
    );
  });

  it("is the same by words, wherever in their buffer the bytes stand", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 600, maxLength: 2000 }),
        fc.nat(7),
        fc.nat(300),
        (content, offset, at) => {
          const bytes = new Uint8Array(new ArrayBuffer(offset + content.length), offset);
          bytes.set(content);
          const words = new Uint32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2);
          const length = content.length - at;
          const expected = internetChecksum(content.subarray(at));
          expect(finishChecksum(addToChecksum(0, bytes, at, length))).toBe(expected);
          expect(finishChecksum(addToChecksum(0, bytes, at, length, words))).toBe(expected);
        },
      ),
    );
  });

  it("is the same in pieces of even length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), fc.nat(100), (bytes, half) => {
        const cut = Math.min(2 * half, bytes.length - (bytes.length % 2));
        const inPieces = addToChecksum(addToChecksum(0, bytes, 0, cut), bytes, cut, bytes.length - cut);
        expect(finishChecksum(inPieces)).toBe(internetChecksum(bytes));
      }),
    );
  });

  it.each([32_767, 32_768, 32_769, 65_535, 200_001])("does not overflow with %i bytes of ones", (length) => {
    const bytes = new Uint8Array(length).fill(0xff);
    expect(finishChecksum(addToChecksum(0xf_ffff, bytes, 0, length))).toBe(
      internetChecksum(Uint8Array.of(0, 0xf, 0xff, 0xff), bytes),
    );
  });

  it("makes data that holds its own checksum good, and a flipped bit bad", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 100 }), fc.nat(), (bytes, draw) => {
        const data = Buffer.concat([Buffer.alloc(2), bytes]);
        data.writeUInt16BE(internetChecksum(data), 0);
        expect(checksumIsGood(0, data, 0, data.length)).toBe(true);
        const bit = draw % (data.length * 8);
        data[bit >> 3]! ^= 1 << (bit & 7);
        expect(checksumIsGood(0, data, 0, data.length)).toBe(false);
      }),
    );
  });
});
