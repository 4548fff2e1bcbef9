import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DEVICE_LIMITS, MAX_CHUNK_EXTENSIONS, MAX_CHUNK_LINE, MAX_TRAILER } from "../../../src/http/index.js";
import { ChunkedDecoder } from "../../../src/http/message/chunked-decoder.js";
import { latin1 } from "./requests.js";

interface Decoded {
  readonly pieces: readonly string[];
  readonly trailers: readonly (readonly [string, string])[] | undefined;
  readonly status: number | undefined;
  /** What it has left of the text; undefined if it wants more. */
  readonly rest: string | undefined;
}

function decode(text: string, { limit, held = false }: { limit?: number; held?: boolean } = {}): Decoded {
  const bytes = latin1(text);
  const pieces: string[] = [];
  const decoder = new ChunkedDecoder(
    DEVICE_LIMITS,
    {
      onBody(piece, start, end) {
        pieces.push(Buffer.from(piece).toString("latin1", start, end));
        if (held) decoder.hold();
      },
    },
    limit,
  );
  let at = decoder.push(bytes, 0, bytes.length);
  while (held && at < bytes.length && !decoder.done && decoder.refusal === undefined) {
    at = decoder.push(bytes, at, bytes.length);
  }
  const trailers = decoder.trailers && [...decoder.trailers];
  return {
    pieces,
    trailers,
    status: decoder.refusal?.status,
    rest: decoder.done ? text.slice(at) : undefined,
  };
}

const fails = (status: number) => ({ status, rest: undefined });

describe("the chunked coding", () => {
  it("gives the chunks' data where it lies, and stops behind the body", () => {
    expect(decode("4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\nGET /")).toEqual({
      pieces: ["Wiki", "pedia"],
      trailers: undefined,
      status: undefined,
      rest: "GET /",
    });
  });

  it("gives trailers, which may have the names of a head's fields", () => {
    expect(decode("0\r\nDigest: abc\r\nContent-Length: 5\r\n\r\n")).toMatchObject({
      trailers: [
        ["Digest", "abc"],
        ["Content-Length", "5"],
      ],
      rest: "",
    });
  });

  it("passes over extensions of all kinds", () => {
    const extensions = [";a", ";a=b", '; a = "b;\\"c\\\\"', ' ;\ta="ä,;="', ";a=b;c=d", ';a="";b'];
    const chunks = extensions.map((extension) => `1${extension}\r\nx\r\n`).join("");
    expect(decode(`${chunks}0;last\r\n\r\n`)).toMatchObject({ pieces: extensions.map(() => "x"), rest: "" });
  });

  it("keeps to its limits exactly", () => {
    const line = (length: number): string => `1;${"a".repeat(length - 3)}\r\nx\r\n`;
    expect(decode(`${line(MAX_CHUNK_LINE)}0\r\n\r\n`)).toMatchObject({ rest: "" });
    expect(decode(line(MAX_CHUNK_LINE + 1))).toMatchObject(fails(400));

    const each = 256 - 2;
    const many = Math.floor(MAX_CHUNK_EXTENSIONS / each);
    const last = MAX_CHUNK_EXTENSIONS - many * each;
    const extended = (spare: number): string =>
      `${line(256).repeat(many)}1;${"a".repeat(last - 1 + spare)}\r\nx\r\n0\r\n\r\n`;
    expect(decode(extended(0))).toMatchObject({ status: undefined, rest: "" });
    expect(decode(extended(1))).toMatchObject(fails(400));

    const trailer = (length: number): string => `0\r\nA: ${"b".repeat(length - 7)}\r\n\r\n`;
    expect(decode(trailer(MAX_TRAILER))).toMatchObject({ rest: "" });
    expect(decode(trailer(MAX_TRAILER + 1))).toMatchObject(fails(431));

    expect(decode("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", { limit: 5 })).toMatchObject({ rest: "" });
    expect(decode("3\r\nabc\r\n3\r\ndef\r\n", { limit: 5 })).toMatchObject({
      pieces: ["abc"],
      ...fails(413),
    });
    expect(decode("1\r\n", { limit: 0 })).toMatchObject(fails(413));
    expect(decode("0\r\n\r\n", { limit: 0 })).toMatchObject({ rest: "" });
  });

  it("is decoded the same if it is held behind each piece", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 })), fc.string(), (chunks, rest) => {
        const written = chunks.map((chunk) => Buffer.from(chunk).toString("latin1"));
        const coded = written.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
        const text = `${coded}0\r\nA: b\r\n\r\n${Buffer.from(rest).toString("latin1")}`;
        const decoded = decode(text);
        expect(decoded.pieces).toEqual(written);
        expect(decode(text, { held: true })).toEqual(decoded);
      }),
    );
  });
});
