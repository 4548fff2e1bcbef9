import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { disagreements, REASONS, reasonsFor, type Readings } from "./disagreements.js";
import { parseInNode } from "./node-parser.js";
import { parse } from "./parse.js";
import { ACCEPTED, latin1, REFUSED } from "./requests.js";

/** Behind each request, so that its head ends: the one parser judges bytes, the other whole heads. */
const END = "\r\n\r\n\r\n";

const REQUESTS = [...ACCEPTED, ...REFUSED].map(([name, request]) => [name, request + END] as const);

/** What is put into requests: what means something to a parser, whole or in part. */
const PIECES = [
  ...'\r\n \t\0:;,=/?#*"-+0aFgZ19\x01\x0b\x0c\x7f\x80\xa0\xff',
  "\r\n",
  "\n\n",
  "\r\n\r\n",
  "\r\n ",
  " :",
  "chunked",
  "identity",
  "HTTP/1.0",
  "HTTP/1.1",
  "HTTP/2.0",
  "CONNECT",
  "Host: a\r\n",
  "Content-Length: 3\r\n",
  "content-length: 0\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive\r\n",
  "Connection: upgrade\r\n",
  "Upgrade: websocket\r\n",
  "0\r\n",
  ";a=b",
];

/** Longer requests of the tables are there for a limit, and what is done to them would seldom matter. */
const SHORT = 500;

const edit = fc.record({ at: fc.nat(), removed: fc.nat(3), inserted: fc.constantFrom("", ...PIECES) });

const edited = fc
  .tuple(
    fc.constantFrom(...REQUESTS.filter(([, { length }]) => length <= SHORT)),
    fc.array(edit, { minLength: 1, maxLength: 4 }),
  )
  .map(([[, request], edits]) =>
    edits.reduce((text, { at, removed, inserted }) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + inserted + text.slice(start + removed);
    }, request),
  )
  .map((request) => request + END);

function read(request: string): Readings {
  const bytes = latin1(request);
  return { request, ours: parse(bytes), theirs: parseInNode(bytes) };
}

/** The reason of each disagreement. @throws Error if one has none, or more than one */
function explain(readings: Readings): string[] {
  return disagreements(readings).map((what) => {
    const reasons = reasonsFor(what, readings);
    if (reasons.length === 1) return reasons[0]!.why;
    const list = reasons.map(({ why }) => why).join(", ") || "none";
    throw new Error(`${what}, reasons: ${list}; ${JSON.stringify(readings)}`);
  });
}

describe("beside Node's parser", () => {
  it.each(REQUESTS)("%s means the same, or there is one reason why not", (_, request) => {
    expect(() => explain(read(request))).not.toThrow();
  });

  it("a request means the same however it is spoiled, or there is one reason why not", () => {
    fc.assert(
      fc.property(edited, (request) => void explain(read(request))),
      { numRuns: 4000 },
    );
  });

  it("there is no reason that explains nothing", () => {
    const used = new Set(REQUESTS.flatMap(([, request]) => explain(read(request))));
    expect(REASONS.filter(({ why }) => !used.has(why)).map(({ why }) => why)).toEqual([]);
  });
});
