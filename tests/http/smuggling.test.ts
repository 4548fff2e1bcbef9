import { describe, expect, it } from "@jest/globals";
import { Dialogue, parts } from "./dialogue.js";

// What the published lists of conformance tests and of request smuggling try, each with a request hidden behind it. Whatever two
// servers might read in two ways is refused, the connection ends, and what is hidden is never answered.

const HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const BODY = "5\r\nhello\r\n0\r\n\r\n";

const REQUEST_LINES: readonly (readonly [line: string, status?: number])[] = [
  ["GET /"],
  ["GET  / HTTP/1.1"],
  [" GET / HTTP/1.1"],
  ["GET / HTTP/1.1 "],
  ["GET\t/\tHTTP/1.1"],
  ["GET /\r HTTP/1.1"],
  ["GET /a b HTTP/1.1"],
  ["GET /a#b HTTP/1.1"],
  ["GET /\0 HTTP/1.1"],
  ["GET /\x7f HTTP/1.1"],
  ["GET /caf\xc3\xa9 HTTP/1.1"],
  ["GET /\xc0\xaf HTTP/1.1"],
  ["GET a HTTP/1.1"],
  ["GET ?a HTTP/1.1"],
  ["GET * HTTP/1.1"],
  ["OPTIONS *a HTTP/1.1"],
  ["GET a:80 HTTP/1.1"],
  ["GET ftp://a/ HTTP/1.1"],
  ["GET http:///a HTTP/1.1"],
  ["GET http://:80/a HTTP/1.1"],
  ["GET http://u:p@a/ HTTP/1.1"],
  ["GET http://a:99999/ HTTP/1.1"],
  ["GET http://a:8x/ HTTP/1.1"],
  ["GET http://[::1/ HTTP/1.1"],
  ["CONNECT / HTTP/1.1"],
  ["CONNECT a HTTP/1.1"],
  ["CONNECT a: HTTP/1.1"],
  ["CONNECT :80 HTTP/1.1"],
  ["CONNECT u@a:80 HTTP/1.1"],
  ["GE(T / HTTP/1.1"],
  ["GE\0T / HTTP/1.1"],
  ["G\xc9T / HTTP/1.1"],
  ["GET: / HTTP/1.1"],
  ["GET / http/1.1"],
  ["GET / HTTP/1"],
  ["GET / HTTP/1."],
  ["GET / HTTP/.1"],
  ["GET / HTTP/+1.1"],
  ["GET / HTTP/01.1"],
  ["GET / HTTP/1.10"],
  ["GET / HTTP /1.1"],
  ["GET / HTTX/1.1"],
  ["GET / HTTP/0.9", 505],
  ["GET / HTTP/2.0", 505],
  ["GET / HTTP/9.9", 505],
  ["PRI * HTTP/2.0", 505],
];

const HOSTS = [
  "",
  "Host:\r\n",
  "Host: \r\n",
  "Host: :80\r\n",
  "Host: a\r\nHost: a\r\n",
  "Host: a\r\nhOST: b\r\n",
  "Host: a, b\r\n",
  "Host: a b\r\n",
  "Host: a/b\r\n",
  "Host: a?b\r\n",
  "Host: a#b\r\n",
  "Host: u@a\r\n",
  "Host: a:x\r\n",
  "Host: a:-1\r\n",
  "Host: a:70000\r\n",
  "Host: a:1:2\r\n",
  "Host: ::1\r\n",
  "Host: [::1\r\n",
  "Host: [::1]a\r\n",
  "Host: [zz]\r\n",
  "Host: \xe4\r\n",
  "Host: a\0\r\n",
  "Host : a\r\n",
];

const FIELDS = [
  "X : y\r\n",
  "X\t: y\r\n",
  "X y\r\n",
  ": y\r\n",
  " \r\n",
  " X: y\r\n",
  "X: y\r\n z\r\n",
  "X: y\r\n\tz\r\n",
  "X Y: z\r\n",
  "X(: y\r\n",
  "X/Y: z\r\n",
  "X@: z\r\n",
  'X": z\r\n',
  "X\0: y\r\n",
  "X\xc3\xab: y\r\n",
  "X: a\0b\r\n",
  "X: a\rb\r\n",
  "X: a\nb\r\n",
  "X: a\nY: b\r\n",
  "X: a\x01b\r\n",
  "X: a\x0bb\r\n",
  "X: a\x7fb\r\n",
  "X: y\r\r\n",
];

const LENGTHS = [
  ...[
    "",
    "+5",
    "-5",
    "-0",
    "0x5",
    "5 5",
    "5, 5",
    "5,5",
    "5, 6",
    "5,",
    ",5",
    "5.0",
    "5e0",
    "five",
    "5a",
    "5;",
  ],
  ...['"5"', "5_0", "\xd9\xa5", "\x0b5", "5\0", "18446744073709551616", "18446744073709551621"],
  ...["9007199254740993", "99999999999999999999999"],
].map((value) => `Content-Length: ${value}\r\n`);

const AMBIGUOUS_LENGTHS = [
  "Content-Length: 5\r\nContent-Length: 5\r\n",
  "Content-Length: 5\r\ncontent-length: 6\r\n",
  "Content-Length : 5\r\n",
  "Content-Length:\r\n 5\r\n",
  `Content-Length: 5\r\n${CHUNKED}`,
  `${CHUNKED}Content-Length: 5\r\n`,
  `${CHUNKED}Content-Length: 0\r\n`,
  "Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
  "Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
];

const CODINGS: readonly (readonly [field: string, status?: number])[] = [
  ...[
    "",
    "xchunked",
    "chunkedx",
    '"chunked"',
    "chunked;a=b",
    "chunked;",
    ",",
    "chunked,",
    "ch unked",
    "{chunked}",
  ],
  ...[
    "chunked, chunked",
    "chunked, identity",
    "chunked, gzip",
    "\x0bchunked",
    "chunked\x0c",
    "chunked\0",
    "chunked\x7f",
  ],
  ...["chun\xe2\x84\xaaed", "identity", "gzip"],
].map((value) => [`Transfer-Encoding: ${value}\r\n`]);

const MORE_CODINGS: typeof CODINGS = [
  ["Transfer-Encoding: \xa0chunked\r\n", 400],
  ["Transfer-Encoding: gzip, chunked\r\n", 501],
  ["Transfer-Encoding: identity, chunked\r\n", 501],
  ["Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", 501],
  [`${CHUNKED}Transfer-Encoding: identity\r\n`],
  [CHUNKED + CHUNKED],
  ["Transfer-Encoding : chunked\r\n"],
  ["Transfer-Encoding:\r\n chunked\r\n"],
  ["X: y\r\n Transfer-Encoding: chunked\r\n"],
  ["X: y\nTransfer-Encoding: chunked\r\n"],
  ["X: y\rTransfer-Encoding: chunked\r\n"],
  ["Transfer-Encoding\0: chunked\r\n"],
  ["\vTransfer-Encoding: chunked\r\n"],
];

const CHUNKS = [
  "0x5\r\nhello\r\n0\r\n\r\n",
  "+5\r\nhello\r\n0\r\n\r\n",
  "-5\r\nhello\r\n0\r\n\r\n",
  " 5\r\nhello\r\n0\r\n\r\n",
  "5 \r\nhello\r\n0\r\n\r\n",
  "5.0\r\nhello\r\n0\r\n\r\n",
  "5_0\r\nhello\r\n0\r\n\r\n",
  "g\r\nhello\r\n0\r\n\r\n",
  "\r\nhello\r\n0\r\n\r\n",
  "\xef\xbc\x95\r\nhello\r\n0\r\n\r\n",
  "10000000000000005\r\nhello\r\n0\r\n\r\n",
  "FFFFFFFFFFFFFFFF0\r\nhello\r\n0\r\n\r\n",
  "5\nhello\r\n0\r\n\r\n",
  "5\rhello\r\n0\r\n\r\n",
  "5\r\r\nhello\r\n0\r\n\r\n",
  "5\r\nhello\n0\r\n\r\n",
  "5\r\nhello0\r\n\r\n",
  "5\r\nhellooo\r\n0\r\n\r\n",
  "5\r\nhel\r\n0\r\n\r\n",
  "5\r\nhello\r\n0\n\r\n",
  "5\r\nhello\r\n0\r\n\n",
  "5\r\nhello\r\n0\r\n\rX",
  "5;\r\nhello\r\n0\r\n\r\n",
  "5;=b\r\nhello\r\n0\r\n\r\n",
  "5;a=\r\nhello\r\n0\r\n\r\n",
  "5;a[=b\r\nhello\r\n0\r\n\r\n",
  '5;a="b\r\nhello\r\n0\r\n\r\n',
  '5;a="b"c\r\nhello\r\n0\r\n\r\n',
  "5;a \r\nhello\r\n0\r\n\r\n",
  "5 a\r\nhello\r\n0\r\n\r\n",
  "5,a\r\nhello\r\n0\r\n\r\n",
  "5;\0a\r\nhello\r\n0\r\n\r\n",
  "5;a\nb\r\nhello\r\n0\r\n\r\n",
  "5;a\rb\r\nhello\r\n0\r\n\r\n",
  "5\r\nhello\r\n0\r\nX y\r\n\r\n",
  "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
  "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n",
  "5\r\nhello\r\n0\r\nX: y\n\r\n",
  "5\r\nhello\r\n0\r\nX: \0\r\n\r\n",
];

/** Requests that look odd and are right: they are answered, and so is what follows. */
const ODD_BUT_RIGHT: readonly (readonly [message: string, body: string])[] = [
  [`\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`, ""],
  [`GET / HTTP/1.2\r\nHost: a\r\n\r\n`, ""],
  [`GET HTTP://b:80?x HTTP/1.1\r\nHost: a\r\n\r\n`, ""],
  [`GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n`, ""],
  [`GET / HTTP/1.1\r\nHost: a:\r\nX:\r\nX:y \t \r\nX: \xe4\tb\r\n\r\n`, ""],
  [`GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, "hello"],
  [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \t 0005 \r\n\r\nhello`, "hello"],
  [`POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 9\r\nContent-Length: 5\r\n\r\nhello`, "hello"],
  [`POST / HTTP/1.1\r\nHost: a\r\ntRANSFER-eNCODING:\tCHUNKED\r\n\r\n${BODY}`, "hello"],
  [
    `POST / HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n0005;a;b = c; d="e;\\"\xe4"\r\nhello\r\n000;z\r\nX: y\r\n\r\n`,
    "hello",
  ],
  [
    `POST / HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n5\r\nhello\r\n0\r\nContent-Length: 3\r\n${CHUNKED}\r\n`,
    "hello",
  ],
];

/** A server that answers everything with its body. */
function ask(message: string): { readonly answer: string; readonly closed: boolean } {
  const dialogue = new Dialogue();
  dialogue.server.use((request, response) => {
    request.readBody({ onData: (bytes) => pieces.push(bytes.slice()), onEnd: () => response.send(joined()) });
    const pieces: Uint8Array[] = [];
    const joined = (): Uint8Array => Buffer.concat(pieces);
  });
  dialogue.server.start();
  const { client, answer } = dialogue.ask(message);
  dialogue.time.advance(1_000);
  return { answer, closed: client.closed };
}

/** With the status that is expected where none is named. */
function withStatus([text, status = 400]: readonly [text: string, status?: number]): [string, number] {
  return [text, status];
}

function expectRefused(message: string, status = 400): void {
  const { answer, closed } = ask(message);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
  expect(parts(answer).fields).toContain("Connection: close");
  expect(closed).toBe(true);
}

describe("the connection ends, and nothing hidden is answered, behind", () => {
  it.each(REQUEST_LINES.map(withStatus))("the request line %j", (line, status) => {
    expectRefused(`${line}\r\nHost: a\r\n\r\n${HIDDEN}`, status);
  });

  it.each(HOSTS)("the host %j", (host) => {
    expectRefused(`GET / HTTP/1.1\r\n${host}\r\n${HIDDEN}`);
    if (host !== "") expectRefused(`GET / HTTP/1.0\r\n${host}\r\n${HIDDEN}`);
  });

  it.each(FIELDS)("the field %j", (field) => {
    expectRefused(`GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n${HIDDEN}`);
    expectRefused(`GET / HTTP/1.1\r\n${field}Host: a\r\n\r\n${HIDDEN}`);
  });

  it.each([...LENGTHS, ...AMBIGUOUS_LENGTHS])("%j", (fields) => {
    expectRefused(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${BODY}${HIDDEN}`);
  });

  it.each([...CODINGS, ...MORE_CODINGS].map(withStatus))("%j", (fields, status) => {
    expectRefused(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${BODY}${HIDDEN}`, status);
  });

  it("chunks in HTTP/1.0", () => {
    expectRefused(`POST / HTTP/1.0\r\nHost: a\r\n${CHUNKED}\r\n${BODY}${HIDDEN}`);
  });

  it.each(CHUNKS)("the chunks %j", (chunks) => {
    expectRefused(`POST / HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n${chunks}${HIDDEN}`);
  });

  it.each([
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost: a\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\rX",
    "GET / HTTP/1.1\r\nHost: a\r\nX: \0y",
  ])("the head %j, and at once: it may never end", (head) => {
    expectRefused(head + HIDDEN);
    const dialogue = new Dialogue();
    dialogue.server.start();
    expect(dialogue.ask(head).answer).toMatch(/^HTTP\/1\.1 400 /);
    const client = dialogue.connect();
    const answers = [...head].map((byte) => dialogue.say(client, byte)).join("");
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
  });
});

describe("what looks odd and is right", () => {
  it.each(ODD_BUT_RIGHT)("is answered, and what follows, too: %j", (message, body) => {
    const { answer } = ask(message + HIDDEN);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 200"]);
    expect(parts(answer).body.startsWith(`${body}HTTP/1.1`)).toBe(true);
  });
});
