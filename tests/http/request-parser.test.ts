import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  DEVICE_LIMITS,
  MAX_CHUNK_LINE,
  MAX_TRAILER,
  RequestParser,
  type HttpLimits,
} from "../../src/http/index.js";
import { parse, Recorder, type Outcome } from "./parse.js";

const get = (fields = "", line = "GET / HTTP/1.1"): string => `${line}\r\nHost: a\r\n${fields}\r\n`;
const post = (fields: string, body: string): string => `POST /p HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`;
const chunked = (body: string): string => post("Transfer-Encoding: chunked\r\n", body);

const ACCEPTED: [name: string, request: string, expected: Partial<Outcome>][] = [
  ["the least", get(), { method: "GET", path: "/", minorVersion: 1, keepAlive: true, host: "a", rest: 0 }],
  [
    "a primer's example",
    "GET /item/5/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nX-Custom-Header: value\r\n\r\ntest",
    { path: "/item/5/", body: "test" },
  ],
  ["a query", get("", "GET /a/b?x=1&y=? HTTP/1.1"), { path: "/a/b", query: "x=1&y=?" }],
  ["an empty query", get("", "GET /? HTTP/1.1"), { path: "/", query: "" }],
  [
    "the absolute form, which overrides Host",
    get("", "GET http://b:8080/x?y HTTP/1.1"),
    { path: "/x", query: "y", authority: "b:8080", host: "a" },
  ],
  ["the absolute form without a path", get("", "GET HTTP://b HTTP/1.1"), { path: "/", authority: "b" }],
  [
    "the absolute form with only a query",
    get("", "GET http://b?q HTTP/1.1"),
    { path: "/", query: "q", authority: "b" },
  ],
  [
    "the authority form",
    get("", "CONNECT b:443 HTTP/1.1"),
    { method: "CONNECT", path: "", authority: "b:443" },
  ],
  ["the asterisk form", get("", "OPTIONS * HTTP/1.1"), { method: "OPTIONS", path: "*" }],
  ["an unknown method", get("", "BREW / HTTP/1.1"), { method: "BREW" }],
  ["an IPv6 host", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", { host: "[2001:db8::1]:80" }],
  ["blanks around a value", "GET / HTTP/1.1\r\nhOsT: \t a.b \t \r\n\r\n", { host: "a.b" }],
  ["bytes beyond ASCII in a value", get("X-Name: J\xc3\xbcrgen \xc3\xa0\r\n"), { state: "complete" }],
  ["a later 1.x as 1.1", get("", "GET / HTTP/1.9"), { minorVersion: 1, keepAlive: true }],
  ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", { minorVersion: 0, keepAlive: false }],
  ["HTTP/1.0 with keep-alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", { keepAlive: true }],
  ["Connection: close", get("Connection: Close\r\n"), { keepAlive: false }],
  ["close among others", get("Connection: foo\r\nConnection: bar , CLOSE\r\n"), { keepAlive: false }],
  [
    "close wins over keep-alive",
    "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
    { keepAlive: false },
  ],
  ["an empty line before the request", `\r\n${get()}`, { method: "GET", path: "/" }],
  ["Content-Length: 0", post("Content-Length: 0\r\n", ""), { body: "", rest: 0 }],
  ["bytes of the next request", post("Content-Length: 3\r\n", "abcGET /"), { body: "abc", rest: 5 }],
  [
    "an expectation",
    post("Expect: 100-Continue\r\nContent-Length: 1\r\n", "x"),
    { expectsContinue: true, body: "x" },
  ],
  ["an expectation without a body", get("Expect: 100-continue\r\n"), { expectsContinue: false }],
  ["any expectation in HTTP/1.0", "GET / HTTP/1.0\r\nExpect: tea\r\n\r\n", { expectsContinue: false }],
  ["chunks", chunked("4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"), { body: "Wikipedia", rest: 0 }],
  [
    "chunk sizes in hex with zeros",
    chunked("00A\r\n0123456789\r\n000\r\n\r\nG"),
    { body: "0123456789", rest: 1 },
  ],
  ["chunk extensions", chunked('1;a=b;c="d e"\r\nx\r\n0;z\r\n\r\n'), { body: "x" }],
  [
    "trailers",
    chunked("1\r\nx\r\n0\r\nExpires: never\r\nA: b\r\n\r\n"),
    {
      body: "x",
      trailers: [
        ["Expires", "never"],
        ["A", "b"],
      ],
      rest: 0,
    },
  ],
  [
    "an upgrade",
    get("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"),
    { upgrade: "websocket", keepAlive: true },
  ],
  ["an upgrade that Connection does not list", get("Upgrade: websocket\r\n"), { upgrade: undefined }],
  [
    "an upgrade in HTTP/1.0",
    "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n",
    { upgrade: undefined },
  ],
  ["Chunked in capitals", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), { body: "" }],
  ["no more than a beginning", "GET / HT", { state: "head" }],
  ["half a body", post("Content-Length: 3\r\n", "ab"), { state: "body" }],
];

const line = "GET / HTTP/1.1\r\n";
const REFUSED: [name: string, request: string, status: number][] = [
  ["a bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400],
  ["bare LFs", "GET / HTTP/1.1\nHost: a\n\n", 400],
  ["a bare LF behind a field", `${line}Host: a\nX: y\r\n\r\n`, 400],
  ["a bare CR in a field", `${line}Host: a\rX: y\r\n\r\n`, 400],
  ["CR CR LF", `${line}Host: a\r\r\n\r\n`, 400],
  ["a bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["two empty lines before the request", `\r\n\r\n${get()}`, 400],
  ["a bare LF before the request", `\n${get()}`, 400],
  ["NUL in a value", get("X: a\0b\r\n"), 400],
  ["NUL in the target", get("", "GET /a\0b HTTP/1.1"), 400],
  ["a control byte in a value", get("X: a\x07b\r\n"), 400],
  ["a control byte before a bare LF", get("X: a\x07\nY: b\r\n"), 400],
  ["DEL in a value", get("X: a\x7fb\r\n"), 400],
  ["a tab in the request line", get("", "GET\t/ HTTP/1.1"), 400],
  ["a space before the colon", get("X : y\r\n"), 400],
  ["a tab before the colon", get("X\t: y\r\n"), 400],
  ["an obsolete line folding", get("X: a\r\n b\r\n"), 400],
  ["a folded first field", `${line} Host: a\r\n\r\n`, 400],
  ["a field without a colon", get("X\r\n"), 400],
  ["a field without a name", get(": y\r\n"), 400],
  ["a field name beyond ASCII", get("X\xe9: y\r\n"), 400],
  ["a field name with a bracket", get("X[0]: y\r\n"), 400],
  ["a method that is no token", get("", "GE(T / HTTP/1.1"), 400],
  ["an empty method", get("", " / HTTP/1.1"), 400],
  ["a leading space", ` ${get()}`, 400],
  ["no target", get("", "GET HTTP/1.1"), 400],
  ["two spaces", get("", "GET  / HTTP/1.1"), 400],
  ["a space in the target", get("", "GET /a b HTTP/1.1"), 400],
  ["a trailing space", get("", "GET / HTTP/1.1 "), 400],
  ["a target beyond ASCII", get("", "GET /\xe9 HTTP/1.1"), 400],
  ["a fragment", get("", "GET /#top HTTP/1.1"), 400],
  ["a target without a slash", get("", "GET index.html HTTP/1.1"), 400],
  ["another scheme", get("", "GET ftp://a/ HTTP/1.1"), 400],
  ["an absolute form without a host", get("", "GET http:///x HTTP/1.1"), 400],
  ["user information", get("", "GET http://me@a/ HTTP/1.1"), 400],
  ["the authority form with GET", get("", "GET a:80 HTTP/1.1"), 400],
  ["CONNECT with a path", get("", "CONNECT / HTTP/1.1"), 400],
  ["CONNECT without a port", get("", "CONNECT a HTTP/1.1"), 400],
  ["the asterisk with GET", get("", "GET * HTTP/1.1"), 400],
  ["HTTP/0.9", "GET /\r\n\r\n", 400],
  ["a malformed version", get("", "GET / HTTP/1"), 400],
  ["a version in lower case", get("", "GET / http/1.1"), 400],
  ["a long version", get("", "GET / HTTP/1.10"), 400],
  ["HTTP/2.0", get("", "GET / HTTP/2.0"), 505],
  ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
  ["HTTP/0.9 in words", get("", "GET / HTTP/0.9"), 505],
  ["no Host", `${line}X: y\r\n\r\n`, 400],
  ["an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400],
  ["a Host that is a port alone", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400],
  ["two Hosts", get("Host: b\r\n"), 400],
  ["two equal Hosts", get("Host: a\r\n"), 400],
  ["two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400],
  ["a Host with a path", `${line}Host: a/b\r\n\r\n`, 400],
  ["a Host list", `${line}Host: a, b\r\n\r\n`, 400],
  ["a Host with a bad port", `${line}Host: a:http\r\n\r\n`, 400],
  ["a Host with two ports", `${line}Host: a:1:2\r\n\r\n`, 400],
  ["a Host with a bad IPv6 address", `${line}Host: [::g]\r\n\r\n`, 400],
  [
    "Content-Length and Transfer-Encoding",
    post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    400,
  ],
  ["Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
  ["two Content-Lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400],
  ["two equal Content-Lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400],
  ["a Content-Length list", post("Content-Length: 3, 3\r\n", "abc"), 400],
  ["an empty Content-Length", post("Content-Length:\r\n", ""), 400],
  ["a signed Content-Length", post("Content-Length: +3\r\n", "abc"), 400],
  ["a negative Content-Length", post("Content-Length: -1\r\n", ""), 400],
  ["a Content-Length in hex", post("Content-Length: 0x3\r\n", "abc"), 400],
  ["a Content-Length with a space", post("Content-Length: 1 2\r\n", "abc"), 400],
  ["a Content-Length with a no-break space", post("Content-Length: 3\xa0\r\n", "abc"), 400],
  ["a Content-Length beyond all numbers", post("Content-Length: 18446744073709551619\r\n", "abc"), 400],
  ["a Content-Length beyond the limit", post("Content-Length: 8193\r\n", ""), 413],
  ["an unknown transfer coding", post("Transfer-Encoding: gzip, chunked\r\n", ""), 501],
  ["chunked not last", post("Transfer-Encoding: chunked, gzip\r\n", ""), 400],
  ["chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", ""), 400],
  ["chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""), 400],
  ["a disguised coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400],
  ["an empty coding", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), 400],
  ["identity", post("Transfer-Encoding: identity\r\n", ""), 400],
  ["another expectation", post("Expect: tea\r\nContent-Length: 1\r\n", ""), 417],
  ["an empty chunk size", chunked("\r\nx\r\n"), 400],
  ["a chunk size in words", chunked("one\r\nx\r\n"), 400],
  ["a chunk size with 0x", chunked("0x1\r\nx\r\n"), 400],
  ["a signed chunk size", chunked("+1\r\nx\r\n"), 400],
  ["a space behind a chunk size", chunked("1 \r\nx\r\n"), 400],
  ["a chunk size with a bare LF", chunked("1\nx\r\n"), 400],
  ["a chunk size with a bare CR", chunked("1\rx\r\n"), 400],
  ["a control byte in an extension", chunked("1;a\x01\r\nx\r\n"), 400],
  ["an extension with a bare LF", chunked("1;a\nx\r\n"), 400],
  ["a chunk longer than its size", chunked("1\r\nxy\r\n"), 400],
  ["a chunk without its line end", chunked("1\r\nx\n0\r\n\r\n"), 400],
  ["a chunk with CR alone", chunked("1\r\nx\rx"), 400],
  ["a chunk beyond the limit", chunked("2001\r\n"), 413],
  ["chunks beyond the limit", chunked(`1\r\nx\r\n2000\r\n`), 413],
  ["a chunk size beyond all numbers", chunked("ffffffffffffffffffff\r\n"), 400],
  ["an extension without a name", chunked("1;\r\nx\r\n"), 400],
  ["an extension with an open quote", chunked('1;a="\r\nx\r\n'), 400],
  ["an endless chunk size", chunked("0".repeat(MAX_CHUNK_LINE + 1)), 400],
  ["an endless extension", chunked(`1;${"a".repeat(MAX_CHUNK_LINE)}`), 400],
  ["a malformed trailer", chunked("0\r\nA : b\r\n\r\n"), 400],
  ["a trailer with a bare LF", chunked("0\r\nA: b\n\r\n"), 400],
  ["a bare LF for a trailer", chunked("0\r\n\n"), 400],
  ["an endless trailer", chunked(`0\r\nA: ${"a".repeat(MAX_TRAILER)}`), 431],
  ["a long request line", `GET /${"a".repeat(2048)}`, 414],
  ["a long request line with its end", get("", `GET /${"a".repeat(2048)} HTTP/1.1`), 414],
  ["a long head", `${line}X: ${"a".repeat(8192)}`, 431],
  ["a long head with its end", get(`X: ${"a".repeat(8192)}\r\n`), 431],
  ["many fields", get("A: b\r\n".repeat(64)), 431],
];

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("a request", () => {
  it.each(ACCEPTED)("is accepted: %s", (_, request, expected) => {
    expect(parse(latin1(request))).toMatchObject(expected);
  });

  it.each(REFUSED)("is refused: %s", (_, request, status) => {
    expect(parse(latin1(request))).toMatchObject({ state: "refused", status });
  });

  const all = [...ACCEPTED, ...REFUSED].map(([name, request]) => [name, request] as const);

  it.each(all)("means the same wherever it is cut: %s", (_, request) => {
    const bytes = latin1(request);
    const whole = parse(bytes);
    for (let cut = 1; cut < Math.min(bytes.length, 300); cut++) expect(parse(bytes, [cut])).toEqual(whole);
    expect(parse(bytes, [...bytes.keys()])).toEqual(whole);
  });

  it("keeps to the limits exactly", () => {
    const limits: HttpLimits = { ...DEVICE_LIMITS, requestLine: 30, head: 100, fields: 2, body: 5 };
    const ofLine = (length: number): string => get("", `GET /${"a".repeat(length - 14)} HTTP/1.1`);
    expect(parse(latin1(ofLine(30)), [], limits)).toMatchObject({ state: "complete" });
    expect(parse(latin1(ofLine(31)), [], limits)).toMatchObject({ status: 414 });
    const ofHead = (length: number): string => get(`X: ${"a".repeat(length - 32)}\r\n`);
    expect(ofHead(100)).toHaveLength(100);
    expect(parse(latin1(ofHead(100)), [], limits)).toMatchObject({ state: "complete" });
    expect(parse(latin1(ofHead(101)), [], limits)).toMatchObject({ status: 431 });
    expect(parse(latin1(get("A: b\r\n")), [], limits)).toMatchObject({ state: "complete" });
    expect(parse(latin1(get("A: b\r\nC: d\r\n")), [], limits)).toMatchObject({ status: 431 });
    expect(parse(latin1(post("Content-Length: 5\r\n", "12345")), [], limits)).toMatchObject({
      body: "12345",
    });
    expect(parse(latin1(post("Content-Length: 6\r\n", "123456")), [], limits)).toMatchObject({ status: 413 });
    expect(parse(latin1(chunked("2\r\n12\r\n3\r\n345\r\n0\r\n\r\n")), [], limits)).toMatchObject({
      body: "12345",
    });
    expect(parse(latin1(chunked("2\r\n12\r\n4\r\n3456\r\n0\r\n\r\n")), [], limits)).toMatchObject({
      status: 413,
    });
  });

  it("gives back fields as they were sent", () => {
    const events = new Recorder();
    const parser = new RequestParser(DEVICE_LIMITS, events);
    const bytes = latin1(get("X-One:  a b\t\r\nx-TWO: \r\nX-One: c\r\nX-Nbsp: \xa0a\xc3\xa0 \r\n"));
    parser.push(bytes, 0, bytes.length);
    const fields = events.head!.fields;
    expect(["x-one", "x-two", "x-on", "x-three", "x-nbsp"].map((name) => fields.get(name))).toEqual([
      "a b, c",
      "",
      undefined,
      undefined,
      "\xa0a\xc3\xa0",
    ]);
  });

  it("gives back fields one by one", () => {
    const events = new Recorder();
    const bytes = latin1(get("Cookie: a=b\r\ncookie:\r\n"));
    new RequestParser(DEVICE_LIMITS, events).push(bytes, 0, bytes.length);
    const fields = events.head!.fields;
    expect([...fields]).toEqual([
      ["Host", "a"],
      ["Cookie", "a=b"],
      ["cookie", ""],
    ]);
    expect(fields.getAll("cookie")).toEqual(["a=b", ""]);
    expect([fields.has("cookie"), fields.has("cook")]).toEqual([true, false]);
  });

  it("of more body than the connection allows is refused when its head has come", () => {
    const seen: string[] = [];
    const parser: RequestParser = new RequestParser(DEVICE_LIMITS, {
      onHead: () => (parser.bodyLimit = 2),
      onBody: (_, start, end) => seen.push(`${end - start} bytes`),
      onComplete: () => seen.push("complete"),
      onRefusal: ({ status }) => seen.push(String(status)),
    });
    for (const [request, events] of [
      [post("Content-Length: 3\r\n", "abc"), ["413"]],
      [post("Content-Length: 2\r\n", "ab"), ["2 bytes", "complete"]],
      [chunked("1\r\na\r\n2\r\n"), ["1 bytes", "413"]],
    ] as const) {
      const bytes = latin1(request);
      parser.push(bytes, 0, bytes.length);
      expect(seen.splice(0)).toEqual(events);
      parser.reset();
      expect(parser.bodyLimit).toBe(DEVICE_LIMITS.body);
    }
  });

  it.each([
    ["Content-Length", post("Content-Length: 3\r\n", "abcG"), ["head", "abc", "complete"]],
    ["chunked", chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\nG"), ["head", "a", "bc", "complete"]],
  ])("is held behind each event that asks for it: %s", (_, request, events) => {
    const bytes = latin1(request);
    const seen: string[] = [];
    const parser: RequestParser = new RequestParser(DEVICE_LIMITS, {
      onHead: () => (seen.push("head"), parser.hold()),
      onBody: (piece, start, end) => (
        seen.push(Buffer.from(piece.subarray(start, end)).toString()),
        parser.hold()
      ),
      onComplete: () => seen.push("complete"),
      onRefusal: () => undefined,
    });
    let at = parser.push(bytes, 0, bytes.length);
    expect(seen).toEqual(["head"]);
    expect(at).toBe(request.indexOf("\r\n\r\n") + 4);
    for (let count = 2; parser.state === "body"; count++) {
      at = parser.push(bytes, at, bytes.length);
      if (parser.state === "body") expect(seen).toHaveLength(count);
    }
    expect(seen).toEqual(events);
    expect(at).toBe(bytes.length - 1);
  });

  it("follows the one before", () => {
    const events = new Recorder();
    const parser = new RequestParser(DEVICE_LIMITS, events);
    const bytes = latin1(post("Content-Length: 2\r\n", "ab") + get("", "GET /next HTTP/1.1"));
    const stop = parser.push(bytes, 0, bytes.length);
    expect(events.body).toBe("ab");
    parser.reset();
    expect(parser.idle).toBe(true);
    expect(parser.push(bytes, stop, bytes.length)).toBe(bytes.length);
    expect(events.head!.target.path).toBe("/next");
  });
});

describe("random bytes", () => {
  const cutsOf = (bytes: Uint8Array, cuts: number[]): number[] =>
    cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);

  it("never throw, and mean the same wherever they are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        expect(parse(bytes, cutsOf(bytes, cuts))).toEqual(parse(bytes));
      }),
    );
  });

  it("spoil requests without harm", () => {
    const requests = ACCEPTED.map(([, request]) => latin1(request));
    const spoiled = fc
      .tuple(
        fc.constantFrom(...requests),
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
      fc.property(spoiled, fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        expect(parse(bytes, cutsOf(bytes, cuts))).toEqual(parse(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});
