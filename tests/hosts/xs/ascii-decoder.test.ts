import { describe, expect, it } from "@jest/globals";
import { asciiDecoder } from "../../../hosts/xs/ascii-decoder.js";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const asked: number[] = [];
const decode = asciiDecoder((bytes) => {
  asked.push(bytes.byteLength);
  return utf8.decode(bytes);
});

describe("the decoder of single bytes on XS", () => {
  it.each([
    ["nothing", ""],
    ["ASCII, controls included", "GET /\0\r\n\x7f"],
    ["ISO 8859-1, which is no UTF-8", "gr\xfcn"],
    ["what is UTF-8", "gr\xc3\xbcn \xf0\x9f\x99\x82"],
    ["a byte order mark", "\xef\xbb\xbfa"],
    ["more than fits a call", "\xe4".repeat(1000)],
  ])("makes a character of each byte: %s", (_, text) => {
    const bytes = Buffer.from(`<${text}>`, "latin1");
    expect(decode(bytes, 1, bytes.length - 1)).toBe(text);
  });

  it("leaves the work to the host", () => {
    asked.length = 0;
    decode(new Uint8Array(1000).fill(0x41), 100, 900);
    expect(asked).toEqual([800]);
  });
});
