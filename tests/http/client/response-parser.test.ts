import { describe, expect, it } from "@jest/globals";
import { MAX_INFORMATIONAL } from "../../../src/http/index.js";
import { LIMITS, parse } from "./parse.js";

const OK = "HTTP/1.1 200 OK\r\n";

/** Responses, and what is to come of each; they are fed in one piece, byte by byte and cut in two at every place. */
const RESPONSES: readonly (readonly [
  name: string,
  response: string,
  told: readonly string[],
  method?: string,
])[] = [
  [
    "with a length",
    `${OK}Content-Length: 4\r\nX-A:b\r\n\r\ntest`,
    ['head 1.1 200 OK [["Content-Length","4"],["X-A","b"]] 4', 'body "test"', "complete"],
  ],
  [
    "and what follows it",
    `${OK}Content-Length: 4\r\n\r\ntestHTTP`,
    ['head 1.1 200 OK [["Content-Length","4"]] 4', 'body "test"', "complete", 'left "HTTP"'],
  ],
  [
    "of length 0",
    `${OK}Content-Length: 0\r\n\r\n`,
    ['head 1.1 200 OK [["Content-Length","0"]] 0', "complete"],
  ],
  [
    "that says its length twice",
    `${OK}Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok`,
    ['head 1.1 200 OK [["Content-Length","2"],["Content-Length","2, 2"]] 2', 'body "ok"', "complete"],
  ],
  [
    "in chunks",
    `${OK}Transfer-Encoding: Chunked\r\n\r\n4;a="b"\r\nWire\r\n003\r\nlet\r\n0\r\n\r\n`,
    ['head 1.1 200 OK [["Transfer-Encoding","Chunked"]] chunked', 'body "Wirelet"', "complete"],
  ],
  [
    "with trailers",
    `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nDigest: d\r\n\r\n`,
    ['head 1.1 200 OK [["Transfer-Encoding","chunked"]] chunked', 'body "x"', 'complete [["Digest","d"]]'],
  ],
  [
    "up to the end of the connection",
    `${OK}\r\nall of it`,
    ["head 1.1 200 OK [] close last", 'body "all of it"', "complete"],
  ],
  ["of nothing up to the end", `${OK}\r\n`, ["head 1.1 200 OK [] close last", "complete"]],
  [
    "of HTTP/1.0",
    "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
    ['head 1.0 200 OK [["Content-Length","1"]] 1 last', 'body "x"', "complete"],
  ],
  [
    "of HTTP/1.0 that stays",
    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
    ['head 1.0 200 OK [["Connection","Keep-Alive"],["Content-Length","0"]] 0', "complete"],
  ],
  ["of HTTP/1.7", "HTTP/1.7 204 \r\n\r\n", ["head 1.1 204  [] 0", "complete"]],
  [
    "that is the last",
    `${OK}Connection: x, Close\r\nContent-Length: 0\r\n\r\n`,
    ['head 1.1 200 OK [["Connection","x, Close"],["Content-Length","0"]] 0 last', "complete"],
  ],
  [
    "without a phrase",
    "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
    ['head 1.1 404  [["Content-Length","0"]] 0', "complete"],
  ],
  [
    "with a phrase in somebody's language",
    "HTTP/1.1 200 Gr\xfc\xdfe\t!\r\nContent-Length: 0\r\n\r\n",
    ['head 1.1 200 Gr\xfc\xdfe\t! [["Content-Length","0"]] 0', "complete"],
  ],
  [
    "with a status of no class",
    "HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n",
    ['head 1.1 799 What [["Content-Length","0"]] 0', "complete"],
  ],
  [
    "to HEAD",
    `${OK}Content-Length: 9\r\n\r\n`,
    ['head 1.1 200 OK [["Content-Length","9"]] 0', "complete"],
    "HEAD",
  ],
  [
    "to HEAD, in chunks",
    `${OK}Transfer-Encoding: chunked\r\n\r\n`,
    ['head 1.1 200 OK [["Transfer-Encoding","chunked"]] 0', "complete"],
    "HEAD",
  ],
  [
    "304",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ['head 1.1 304 Not Modified [["Content-Length","9"]] 0', "complete"],
  ],
  [
    "to CONNECT",
    "HTTP/1.1 200 Go\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\nbytes",
    [
      'head 1.1 200 Go [["Content-Length","9"],["Transfer-Encoding","chunked"]] 0',
      "complete",
      'left "bytes"',
    ],
    "CONNECT",
  ],
  [
    "that refuses CONNECT",
    "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno",
    ['head 1.1 407 No [["Content-Length","2"]] 2', 'body "no"', "complete"],
    "CONNECT",
  ],
  [
    "behind interim ones",
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    [
      "interim 1.1 100 Continue [] 0",
      'interim 1.1 103 Early Hints [["Link","</a>"]] 0',
      'head 1.1 200 OK [["Content-Length","0"]] 0',
      "complete",
    ],
  ],
  [
    "101",
    "HTTP/1.1 101 Other\r\nUpgrade: x\r\n\r\nother",
    ['head 1.1 101 Other [["Upgrade","x"]] 0', "complete", 'left "other"'],
  ],
  [
    "with folded lines",
    `${OK}X-A: one\r\n  two\r\n\tthree\r\nContent-Length: 0\r\n \r\n\r\n`,
    ['head 1.1 200 OK [["X-A","one  two three"],["Content-Length","0"]] 0', "complete"],
  ],
];

/** What is no response, and why. */
const FAULTS: readonly (readonly [response: string, fault: string, method?: string])[] = [
  ["", "ECONNABORTED: the server ended the connection before any of it had come"],
  ["HTTP/1.1 200 OK\r\nA: b", "ECONNABORTED: the server ended the connection before its head had come"],
  [
    `${OK}Content-Length: 5\r\n\r\ntest`,
    "ECONNABORTED: the server ended the connection before its body had come",
  ],
  [
    `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\ntest\r\n`,
    "ECONNABORTED: the server ended the connection before its body had come",
  ],
  ["220 mail.example ESMTP\r\n\r\n", "EPROTO: it is not HTTP"],
  ["\r\nHTTP/1.1 200 OK\r\n\r\n", "EPROTO: it is not HTTP"],
  ["http/1.1 200 OK\r\n\r\n", "EPROTO: it is not HTTP"],
  ["HTTP/2 200\r\n\r\n", "EPROTO: another version of HTTP than 1.x"],
  ["HTTP/1.x 200\r\n\r\n", "EPROTO: another version of HTTP than 1.x"],
  ["HTTP/1.1  200 OK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.10 200 OK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.1 20 OK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.1 2000 OK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.1 099 OK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.1 200\tOK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.1 200 O\rK\r\n\r\n", "EPROTO: a malformed status line"],
  ["HTTP/1.1 200 OK\nA: b\r\n\r\n", "EPROTO: a malformed status line"],
  [`${OK} A: b\r\n\r\n`, "EPROTO: a blank in front of the first field"],
  [`${OK}A : b\r\n\r\n`, "EPROTO: a field without a valid name"],
  [`${OK}no field\r\n\r\n`, "EPROTO: a field without a valid name"],
  [`${OK}A: b\nC: d\r\n\r\n`, "EPROTO: an LF without CR"],
  [`${OK}A: b\rC: d\r\n\r\n`, "EPROTO: a CR without LF"],
  [`${OK}A: \0\r\n\r\n`, "EPROTO: a control character"],
  [
    `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "EPROTO: both Transfer-Encoding and Content-Length",
  ],
  ["HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "EPROTO: Transfer-Encoding in HTTP/1.0"],
  [`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, "EPROTO: another transfer coding than chunked"],
  [
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "EPROTO: another transfer coding than chunked",
  ],
  [`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, "EPROTO: conflicting Content-Length fields"],
  [`${OK}Content-Length: 1, 2\r\n\r\n`, "EPROTO: conflicting Content-Length fields"],
  [`${OK}Content-Length: 1,\r\n\r\n`, "EPROTO: conflicting Content-Length fields"],
  [`${OK}Content-Length: +1\r\n\r\n`, "EPROTO: a malformed Content-Length"],
  [`${OK}Content-Length: 0x1\r\n\r\n`, "EPROTO: a malformed Content-Length"],
  [`${OK}Content-Length: 1 1\r\n\r\n`, "EPROTO: a malformed Content-Length"],
  [`${OK}Content-Length: \r\n\r\n`, "EPROTO: a malformed Content-Length"],
  [`${OK}Content-Length: 1000000000000000\r\n\r\n`, "EPROTO: a malformed Content-Length"],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, "EPROTO: a malformed chunk size"],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`, "EPROTO: a chunk longer than its size"],
  [
    `${OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n`,
    "EPROTO: a chunk size that nobody can count",
  ],
  [`${OK}A: ${"x".repeat(LIMITS.head)}\r\n\r\n`, `EMSGSIZE: a head of more than ${LIMITS.head} bytes`],
  [`${OK}${"A: b\r\n".repeat(LIMITS.fields + 1)}\r\n`, `EMSGSIZE: more than ${LIMITS.fields} fields`],
  [
    "HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_INFORMATIONAL + 1),
    `EMSGSIZE: more than ${MAX_INFORMATIONAL} responses 1xx`,
  ],
];

describe("a response", () => {
  it.each(RESPONSES)("%s", (...[, response, told, method]) => {
    expect(parse([response], method)).toEqual(told);
    expect(parse([...response], method)).toEqual(told);
    for (let cut = 0; cut <= response.length; cut++)
      expect(parse([response.slice(0, cut), response.slice(cut)], method)).toEqual(told);
  });
});

describe("no response", () => {
  it.each(FAULTS)("%j: %s", (...[response, fault, method]) => {
    const whole = parse([response], method).filter((line) => !line.startsWith("left"));
    expect(whole.at(-1)).toBe(fault);
    expect(parse([...response], method).filter((line) => !line.startsWith("left"))).toEqual(whole);
    for (let cut = 0; cut <= Math.min(response.length, 200); cut++) {
      const told = parse([response.slice(0, cut), response.slice(cut)], method);
      expect(told.filter((line) => !line.startsWith("left"))).toEqual(whole);
    }
  });
});
