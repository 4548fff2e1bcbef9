import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parse, parseAll } from "./parse.js";
import { ACCEPTED, latin1 } from "./requests.js";

const TOKEN = [..."!#$%&'*+-.^_`|~0123456789ABCxyz"];
const VALUE = [...'ab:;,=/"\\()<>{}[]@?. \t\u00a0\u00ff'];
const TARGET = [..."/abc.%20?&=;:@!$'()*+,~-_\"<>\\^`{|}"];

const textOf = (characters: readonly string[], limits: { minLength?: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...characters), ...limits });

/** Neither a field that means something to the parser, nor blanks at the ends of a value. */
const field = fc.tuple(
  textOf(TOKEN, { maxLength: 8 }).map((name) => `X-${name}`),
  textOf(VALUE, { maxLength: 30 }).map((value) => value.replace(/^[ \t]+|[ \t]+$/g, "")),
);

const body = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("latin1"));

interface Generated {
  readonly method: string;
  readonly target: string;
  readonly fields: [string, string][];
  readonly body: string;
  /** How long the chunks are; undefined: Content-Length. */
  readonly chunks: number[] | undefined;
  readonly extension: string;
  readonly trailers: [string, string][];
}

const generated: fc.Arbitrary<Generated> = fc.record({
  method: textOf(TOKEN, { minLength: 1, maxLength: 8 }),
  target: textOf(TARGET, { maxLength: 30 }).map((rest) => `/${rest}`),
  fields: fc.array(field, { maxLength: 8 }),
  body,
  chunks: fc.option(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }), { nil: undefined }),
  extension: fc.oneof(
    fc.constant(""),
    textOf(TOKEN, { minLength: 1, maxLength: 5 }).map((name) => `;${name}`),
    textOf(VALUE, { maxLength: 10 }).map((value) => `; x = "${value.replace(/["\\]/g, "\\$&")}"`),
  ),
  trailers: fc.array(field, { maxLength: 3 }),
});

const lines = (fields: readonly [string, string][]): string =>
  fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");

function write({ method, target, fields, body, chunks, extension, trailers }: Generated): string {
  const head = `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines(fields)}`;
  if (chunks === undefined) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  let written = `${head}Transfer-Encoding: chunked\r\n\r\n`;
  let rest = body;
  for (const size of [...chunks, body.length]) {
    const chunk = rest.slice(0, size);
    rest = rest.slice(size);
    if (chunk !== "") written += `${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`;
  }
  return `${written}0\r\n${lines(trailers)}\r\n`;
}

const cutsOf = (bytes: Uint8Array, cuts: number[]): number[] =>
  cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);

const cuts = fc.array(fc.nat(), { maxLength: 8 });

describe("requests as clients may write them", () => {
  it("come out as they went in, one after the other, wherever they are cut", () => {
    fc.assert(
      fc.property(fc.array(generated, { minLength: 1, maxLength: 3 }), cuts, (requests, at) => {
        const bytes = latin1(requests.map(write).join(""));
        const found = parseAll(bytes, cutsOf(bytes, at));
        expect(found).toHaveLength(requests.length);
        for (const [index, { method, target, fields, body, chunks, trailers }] of requests.entries()) {
          const [path, ...query] = target.split("?");
          expect(found[index]).toMatchObject({
            state: "complete",
            method,
            path,
            query: query.length === 0 ? undefined : query.join("?"),
            body,
            trailers: chunks === undefined || trailers.length === 0 ? undefined : trailers,
          });
          expect(found[index]!.fields!.slice(1, -1)).toEqual(fields);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("random bytes", () => {
  it("never throw, and mean the same wherever they are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, at) => {
        expect(parse(bytes, cutsOf(bytes, at))).toEqual(parse(bytes));
      }),
    );
  });

  it("spoil requests without harm", () => {
    const spoiled = fc
      .tuple(
        fc.constantFrom(...ACCEPTED.map(([, request]) => latin1(request))),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...latin1("\r\n\0\t :;,0aZ\x7f\xff/"))), {
          maxLength: 4,
        }),
      )
      .map(([request, changes]) => {
        const bytes = request.slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(spoiled, cuts, (bytes, at) => {
        expect(parse(bytes, cutsOf(bytes, at))).toEqual(parse(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});
