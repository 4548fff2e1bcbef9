import { beforeEach, describe, expect, it } from "@jest/globals";
import { Dialogue, parts, request } from "./dialogue.js";

let dialogue: Dialogue;

beforeEach(() => {
  dialogue = new Dialogue();
  dialogue.server
    .all("/text", (incoming, response) => response.json(incoming.text()))
    .all("/json", (incoming, response) => response.json({ got: incoming.json() }))
    .all("/bytes", (incoming, response) => response.send(incoming.body))
    .post("/late", async (incoming, response) => {
      const { name } = incoming.json<{ readonly name: string }>();
      await Promise.resolve();
      response.json({ name });
    })
    .post("/small", (incoming, response) => response.send(String(incoming.body.length)), { maxBody: 4 })
    .start();
});

/** Answers to a POST; what is beyond ASCII is one byte each. */
function post(path: string, type: string | undefined, body: string): { status: number; value: unknown } {
  const field = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  const message = request(`POST ${path}`, `${field}Content-Length: ${body.length}\r\n`, body);
  const answer = parts(dialogue.ask(message).answer);
  return { status: answer.status, value: JSON.parse(Buffer.from(answer.body, "latin1").toString("utf8")) };
}

describe("a body's text", () => {
  it.each([
    [undefined, "\u00c3\u00bc\u00f0\u009f\u0099\u0082", "ü🙂"],
    ["text/plain", "\u00c3\u00bc", "ü"],
    ["text/plain; charset=UTF-8", "\u00c3\u00bc", "ü"],
    ['text/plain; charset="utf-8"', "\u00c3\u00bc", "ü"],
    ["text/plain; Charset=utf8; x=y", "\u00c3\u00bc", "ü"],
    ["text/plain; charset=ISO-8859-1", "\u00fc\u0080", "ü\u0080"],
    ["text/plain; charset=latin1", "\u00fc", "ü"],
    ["text/plain; charset=us-ascii", "abc", "abc"],
    ["text/plain; charset=us-ascii", "x".repeat(1000), "x".repeat(1000)],
    ["text/plain; format=flowed", "", ""],
    ["not a type", "\u00c3\u00bc", "ü"],
  ])("of the type %j is read by its charset", (type, body, value) => {
    expect(post("/text", type, body)).toEqual({ status: 200, value });
  });

  it.each([
    ["text/plain; charset=utf-16", "abc", 415],
    ["text/plain; charset=koi8-r", "abc", 415],
    ["text/plain", "\u00fc", 400],
    ["text/plain", "\u00ed\u00a0\u0080", 400],
    ["text/plain; charset=us-ascii", "\u00fc", 400],
  ])("of the type %j is refused where it is none: %j", (type, body, status) => {
    expect(post("/text", type, body)).toMatchObject({ status, value: { status } });
  });
});

describe("a body's JSON", () => {
  it.each([
    ["application/json", '{"a":[1,"\u00c3\u00bc",null]}', { a: [1, "ü", null] }],
    ["application/json; charset=utf-8", "5", 5],
    ["Application/JSON", "true", true],
    ["application/merge-patch+json", "{}", {}],
    [undefined, '"x"', "x"],
  ])("of the type %j is read", (type, body, got) => {
    expect(post("/json", type, body)).toEqual({ status: 200, value: { got } });
  });

  it.each([
    ["text/plain", "{}", 415],
    ["application/x-www-form-urlencoded", "{}", 415],
    ["application/json", "", 400],
    ["application/json", "{", 400],
    ["application/json", "\u00fc", 400],
    ["application/json", '{"a":1}x', 400],
  ])("of the type %j is refused where it is none: %j", (type, body, status) => {
    const { value } = post("/json", type, body);
    expect(value).toEqual({ title: expect.any(String), status, detail: expect.any(String) });
  });

  it("can be read by an asynchronous handler", async () => {
    const { client } = dialogue.ask(request("POST /late", "Content-Length: 14\r\n", '{"name":"Ada"}'));
    for (let count = 0; count < 5; count++) await Promise.resolve();
    dialogue.time.settle();
    expect(parts(client.take()).body).toBe('{"name":"Ada"}');
  });
});

describe("a body's bytes", () => {
  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])(
    "are delivered with %s, in one piece or in chunks",
    (method) => {
      const whole = request(`${method} /bytes`, "Content-Length: 4\r\n", "\0\u00ff\r\n");
      const chunks = request(
        `${method} /bytes`,
        "Transfer-Encoding: chunked\r\n",
        "1\r\n\0\r\n3\r\n\u00ff\r\n\r\n0\r\n\r\n",
      );
      for (const message of [whole, chunks])
        expect(parts(dialogue.ask(message).answer)).toMatchObject({ status: 200, body: "\0\u00ff\r\n" });
    },
  );

  it("are as many as the route takes", () => {
    const small = (length: string, body: string): number =>
      parts(dialogue.ask(request("POST /small", `${length}\r\n`, body)).answer).status;
    expect(small("Content-Length: 4", "abcd")).toBe(200);
    expect(small("Content-Length: 5", "")).toBe(413);
    expect(small("Transfer-Encoding: chunked", "5\r\n")).toBe(413);
  });
});
