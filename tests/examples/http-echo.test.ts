import { beforeEach, describe, expect, it } from "@jest/globals";
import { echo } from "../../examples/http-echo.js";
import { Dialogue, parts, request } from "../http/dialogue.js";

const LIMITS = { body: 1000, gathered: 100, waiting: 200 };

let dialogue: Dialogue;

beforeEach(() => {
  dialogue = new Dialogue({ limits: { highWaterMark: 64 } });
  dialogue.server.use(echo(LIMITS));
  dialogue.server.start();
});

/** A request in chunks. */
function chunked(line: string, chunks: string): string {
  return request(line, "Transfer-Encoding: chunked\r\n", chunks);
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

describe("the echo", () => {
  it.each(["GET /", "POST /a/b", "PATCH //a/../b?c", "BREW /pot", "OPTIONS *"])("answers %s", (line) => {
    const fields = "Content-Type: text/x-own; a=b\r\nContent-Length: 3\r\n";
    const answer = parts(dialogue.ask(request(line, fields, "abc")).answer);
    expect(answer).toMatchObject({ status: 200, body: "abc" });
    expect(answer.fields).toContain("Content-Type: text/x-own; a=b");
  });

  it("answers HEAD with the length alone", () => {
    const answer = parts(dialogue.ask(request("HEAD /", "Content-Length: 3\r\n", "abc")).answer);
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(answer.fields).toContain("Content-Length: 3");
  });

  it.each(["TRACE /", "CONNECT host:80"])("answers %s with what a page allows", (line) => {
    const answer = parts(dialogue.ask(request(line)).answer);
    expect(answer.status).toBe(405);
    expect(answer.fields).toContain("Allow: GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS");
  });

  it("answers /cookie with the cookies", () => {
    const { answer } = dialogue.ask(request("GET /cookie", "Cookie: a=1; b=2=3\r\nCookie: c=\xe4\r\n"));
    expect(parts(answer).body).toBe("a=1\nb=2=3\nc=\xe4\n");
  });

  it("answers /echo with the fields, unless there is a body", () => {
    const { answer } = dialogue.ask(request("GET /echo", "X-One: 1\r\nx-one: 2\r\n"));
    expect(parts(answer).body).toBe("Host: device\nX-One: 1\nx-one: 2\n");
    expect(parts(dialogue.ask(request("PUT /echo", "Content-Length: 3\r\n", "abc")).answer).body).toBe("abc");
  });

  it("begins to answer a long body before it has come whole", () => {
    const { client, answer } = dialogue.ask(request("POST /", "Content-Length: 300\r\n", "a".repeat(150)));
    expect(parts(answer)).toMatchObject({ status: 200, body: "a".repeat(150) });
    expect(parts(answer).fields).toContain("Content-Length: 300");
    expect(dialogue.say(client, "b".repeat(150))).toBe("b".repeat(150));
    expect(parts(dialogue.say(client, request("GET /"))).status).toBe(200);
  });

  it("answers in chunks what comes in chunks", () => {
    const chunks = chunk("a".repeat(101)) + chunk("b") + "0\r\n\r\n";
    const { answer } = dialogue.ask(chunked("POST /", chunks));
    expect(parts(answer).fields).toContain("Transfer-Encoding: chunked");
    expect(parts(answer).body).toBe(chunks);
  });

  it("refuses a malformed chunk while the answer has not begun, and breaks off when it has", () => {
    const early = dialogue.ask(chunked("POST /", `${chunk("a".repeat(99))}x\r\n`));
    expect(parts(early.answer).status).toBe(400);
    const late = dialogue.ask(chunked("POST /", `${chunk("a".repeat(101))}x\r\n`));
    expect(parts(late.answer)).toMatchObject({ status: 200, body: chunk("a".repeat(101)) });
    expect(late.client.closed).toBe(true);
  });

  it("refuses a body that is too long before it reads it, or as soon as it is", () => {
    expect(parts(dialogue.ask(request("POST /", "Content-Length: 1001\r\n")).answer).status).toBe(413);
    const waiting = request("POST /", "Expect: 100-continue\r\nContent-Length: 1001\r\n");
    expect(dialogue.ask(waiting).answer).toMatch(/^HTTP\/1\.1 413 /);
    const long = dialogue.ask(chunked("POST /", chunk("a".repeat(1001))));
    expect(parts(long.answer).status).toBe(413);
  });

  it("reads no more while too much waits for its client, and goes on when that has read", () => {
    const client = dialogue.connect(100);
    client.stall(true);
    client.send(request("POST /", "Content-Length: 900\r\n", "a".repeat(500)));
    dialogue.time.settle();
    client.send("b".repeat(400));
    dialogue.time.settle();
    expect(client.unread).toBe(400);
    client.stall(false);
    dialogue.time.settle();
    expect(client.unread).toBe(0);
    expect(parts(client.take()).body).toBe("a".repeat(500) + "b".repeat(400));
  });
});
