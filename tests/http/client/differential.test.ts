import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { ResponseParser, type ResponseHead } from "../../../src/http/index.js";
import { LIMITS } from "./parse.js";
import { readByNode, type Told } from "./node-parser.js";

interface Reading {
  readonly told: Told | undefined;
  readonly fault: string;
}

function readByUs(response: string, method: string): Reading {
  let head: ResponseHead | undefined;
  let body = "";
  let isComplete = false;
  let fault = "";
  const parser = new ResponseParser(LIMITS, {
    onInformational: () => undefined,
    onHead: (final) => (head = final),
    onBody: (bytes, start, end) => (body += Buffer.from(bytes.subarray(start, end)).toString("latin1")),
    onComplete: () => (isComplete = true),
    onFault: ({ detail }) => (fault = detail),
  });
  parser.expect(method);
  const bytes = Buffer.from(response, "latin1");
  parser.push(bytes, 0, bytes.length);
  parser.end();
  if (head === undefined || !isComplete) return { told: undefined, fault };
  const { status, statusText, fields } = head;
  return { told: { status, statusText, fields: [...fields], body }, fault };
}

/** A line of a head that begins so. */
function line(pattern: string): RegExp {
  return new RegExp(`(^\\S+ |[\\r\\n])${pattern}`, "i");
}

/**
 * Where the two read differently, and why: with which fault ours refuses it (undefined: it does not), and what the method and the
 * response must look like.
 */
const DISAGREEMENTS: readonly (readonly [reason: string, fault: string | undefined, about: RegExp])[] = [
  ["RFC 9110 §2.5: a later 1.x is read as 1.1; Node refuses it", undefined, line("HTTP/1\\.2")],
  [
    "RFC 9110 §2.5: another major version means something else",
    "another version of HTTP than 1.x",
    line("HTTP/2"),
  ],
  ["RFC 9112 §2.2: an empty line in front is skipped by servers only", "it is not HTTP", /^\S+ \r\n/],
  ["RFC 9112 §4: a phrase has no control characters", "a malformed status line", /^[^\r\n]*\0/],
  ["RFC 9112 §6.1: the framing is faulty", "Transfer-Encoding in HTTP/1.0", line("transfer-encoding:")],
  [
    "RFC 9110 §10.1.4: nobody has asked for one",
    "another transfer coding than chunked",
    line("transfer-encoding:(?! chunked[\\r\\n])"),
  ],
  ["RFC 9112 §5.2: a user agent reads folded lines; Node refuses them", undefined, /\r\n[ \t]/],
  [
    "RFC 9112 §6.3: where there is no body, no length of it counts",
    undefined,
    /^(HEAD|GET HTTP.1.. (101|204|304)) [^]*content-length/i,
  ],
  [
    "RFC 9110 §8.6: the same length several times is that length",
    undefined,
    /(content-length: (\d+)[^]*content-length: \2|4, 4)/i,
  ],
  [
    "RFC 9110 §6.5.1: trailers are kept apart, and say nothing of the framing",
    undefined,
    /\r\n0\r\nContent-Length/,
  ],
  ["RFC 9112 §7.1.1: blanks around an extension's parts are allowed", undefined, /4;a = b/],
  ["RFC 9112 §2.2: a CR alone ends no line", "a malformed status line", /\r\r/],
  ["RFC 9112 §2.2: nor a head", "the server ended the connection before its head had come", /\r\r/],
  [
    "RFC 9112 §6.1: chunked is applied once",
    "another transfer coding than chunked",
    /(transfer-encoding: chunked[^]*){2}/i,
  ],
  [
    "RFC 9112 §6.3: to be handled as an error, whatever the coding",
    "both Transfer-Encoding and Content-Length",
    line("transfer-encoding:(?! chunked[\\r\\n])"),
  ],
];

const statusLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "HTTP/1.1 200 OK",
      "HTTP/1.0 200 OK",
      "HTTP/1.1 404 ",
      "HTTP/1.1 500",
      "HTTP/1.1 204 None",
      "HTTP/1.1 304 x",
      "HTTP/1.1 302 Found",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
      "HTTP/1.1  200 OK",
      "HTTP/1.2 200 OK",
      "HTTP/2.0 200 OK",
      "HTTP/1.1 20 OK",
      "HTTP/1.1 2000",
      "ICY 200 OK",
      "HTTP/1.1 700 x",
      "HTTP/1.1 200 a\tb",
      "\r\nHTTP/1.1 200 OK",
      "HTTP/1.1 200 O\0K",
      "HTTP/1.1 200 \xff",
      "HTTP/1.1 101 Up",
    ),
  },
);
const field = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      "A: b",
      "Content-Length: 4",
      "Content-Length: 0",
      "Transfer-Encoding: chunked",
      "Connection: close",
      "Connection: keep-alive",
      "X:",
      "X:\t y ",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "Content-Length: 5",
      "Content-Length: +4",
      "Content-Length: 4, 4",
      "Content-Length: 04",
      "Content-Length: 4 4",
      "Content-Length:",
      "Content-Length: 99999999999999999999",
      "content-length: 4",
      "Transfer-Encoding: gzip",
      "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: chunked, gzip",
      "Transfer-Encoding: Chunked",
      "Transfer-Encoding: x-chunked",
      "Transfer-Encoding:",
      "A : b",
      " folded",
      "\tfolded",
      "no colon",
      ": no name",
      "A: b\0",
      "A: b\rC: d",
      "A: b\nC: d",
      "A: \xe4",
      "\xe4: b",
      "Upgrade: x",
      "Connection: upgrade",
    ),
  },
);
const body = fc.oneof(
  fc.constantFrom(
    "",
    "body",
    "4\r\nbody\r\n0\r\n\r\n",
    "2;x=y\r\nbo\r\n2\r\ndy\r\n0\r\nT: r\r\n\r\n",
    "4\r\nbody\r\n0\r\n",
  ),
  fc.constantFrom(
    "004\r\nbody\r\n0\r\n\r\n",
    "4 \r\nbody\r\n0\r\n\r\n",
    "4\nbody\n0\n\n",
    "4\r\nbodyx\r\n0\r\n\r\n",
    "-4\r\nbody\r\n0\r\n\r\n",
    "0x4\r\nbody\r\n0\r\n\r\n",
    "4;\r\nbody\r\n0\r\n\r\n",
    '4;a="\0"\r\nbody\r\n0\r\n\r\n',
    "0\r\nT : r\r\n\r\n",
    "\r\n4\r\nbody\r\n0\r\n\r\n",
    "FFFFFFFFFFFFFFFFF\r\n",
    "0\r\nContent-Length: 9\r\n\r\n",
    "4;a = b\r\nbody\r\n0\r\n\r\n",
  ),
);
const separator = fc.oneof(
  { weight: 12, arbitrary: fc.constant("\r\n") },
  fc.constantFrom("\n", "\r", "\r\r\n"),
);
const response = fc
  .tuple(statusLine, fc.array(fc.tuple(separator, field), { maxLength: 4 }), separator, separator, body)
  .map(([line, fields, last, end, content]) => [line, ...fields.flat(), last, end, content].join(""));

it("reads what Node's parser reads, but for what is explained", () => {
  const unexplained = new Map<string, string>();
  fc.assert(
    fc.property(response, fc.constantFrom("GET", "GET", "HEAD"), (text, method) => {
      const ours = readByUs(text, method);
      const theirs = readByNode(text, method);
      if (JSON.stringify(ours.told) === JSON.stringify(theirs)) return;
      const fault = ours.told === undefined ? ours.fault : undefined;
      const isOneSided = (ours.told === undefined) !== (theirs === undefined);
      if (
        isOneSided &&
        DISAGREEMENTS.some(([, each, about]) => each === fault && about.test(`${method} ${text}`))
      )
        return;
      const key =
        ours.told === undefined ? `ours: ${ours.fault}` : theirs === undefined ? "theirs refuse" : "differ";
      const old = unexplained.get(key);
      const example = `${method} ${JSON.stringify(text)}\n   ours ${JSON.stringify(ours.told)} theirs ${JSON.stringify(theirs)}`;
      if (old === undefined || old.length > example.length) unexplained.set(key, example);
    }),
    { numRuns: 10_000 },
  );
  expect([...unexplained]).toEqual([]);
});
