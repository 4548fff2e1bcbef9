import { describe, expect, it } from "@jest/globals";
import type { NetworkError } from "../../src/error/index.js";
import {
  HttpError,
  LINGER_TIME_LIMIT,
  MAX_BODY,
  MAX_LINGER,
  REQUEST_TIME_LIMIT,
  RESPONSE_TIME_LIMIT,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type RouteOptions,
} from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";
import type { MemoryClient } from "./memory-io.js";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const EXPECTING = "Expect: 100-continue\r\nContent-Length: 3\r\n";

function length(bytes: number): string {
  return `Content-Length: ${bytes}\r\n`;
}

/** What a handler has seen of a body. */
class Seen {
  readonly pieces: string[] = [];
  ended = 0;
  trailer: string | undefined;
  error: NetworkError | undefined;
  request: HttpRequest | undefined;
  response: HttpResponse | undefined;

  get text(): string {
    return this.pieces.join("");
  }

  /** Reads, and answers at the end with what it was. */
  readonly handler: HttpHandler = (given, response) => {
    this.request = given;
    this.response = response;
    given.readBody({
      onData: (bytes) => this.pieces.push(Buffer.from(bytes).toString("latin1")),
      onEnd: (trailers) => {
        this.ended++;
        this.trailer = trailers?.get("x-sum");
        if (!response.sent) response.send(this.text);
      },
      onError: (error) => (this.error = error),
    });
  };

  /** Keeps what it is given, and does nothing. */
  readonly keep: HttpHandler = (given, response) => {
    this.request = given;
    this.response = response;
  };
}

function serving(handler: HttpHandler, options: RouteOptions = { body: "stream" }): Dialogue {
  const dialogue = new Dialogue();
  dialogue.server.post("/", handler, options);
  dialogue.server.get("/", (_, response) => response.send("hello"));
  dialogue.server.start();
  return dialogue;
}

describe("a body that is read as it comes", () => {
  it("comes in pieces, then ends", () => {
    const seen = new Seen();
    const dialogue = serving(seen.handler);
    const client = dialogue.connect();
    dialogue.say(client, request("POST /", length(6)));
    expect([seen.pieces, seen.ended]).toEqual([[], 0]);
    dialogue.say(client, "abc");
    expect([seen.pieces, seen.ended]).toEqual([["abc"], 0]);
    expect(parts(dialogue.say(client, "def")).body).toBe("abcdef");
    expect(seen.ended).toBe(1);
  });

  it("has its chunks taken off, and its trailers delivered", () => {
    const seen = new Seen();
    const body = "3\r\nabc\r\n3;note=x\r\ndef\r\n0\r\nX-Sum: 597\r\n\r\n";
    const { answer } = serving(seen.handler).ask(request("POST /", CHUNKED, body));
    expect(parts(answer).body).toBe("abcdef");
    expect(seen.trailer).toBe("597");
    expect(seen.request!.trailers?.get("x-sum")).toBe("597");
  });

  it("may be longer than what is taken whole, and ends where its route says", () => {
    const long = "x".repeat(10 * MAX_BODY);
    expect(
      parts(serving(new Seen().handler).ask(request("POST /", length(10 * MAX_BODY), long)).answer).body,
    ).toBe(long);
    const dialogue = serving(new Seen().handler, { body: "stream", maxBody: 10 });
    expect(parts(dialogue.ask(request("POST /", length(11))).answer).status).toBe(413);
    expect(parts(dialogue.ask(request("POST /", CHUNKED, `b\r\n${"x".repeat(11)}`)).answer).status).toBe(413);
  });

  it("that is empty only ends", () => {
    const seen = new Seen();
    expect(parts(serving(seen.handler).ask(request("POST /")).answer).status).toBe(200);
    expect([seen.pieces, seen.ended]).toEqual([[], 1]);
  });

  it("is delivered to who reads a body that was taken whole", () => {
    const seen = new Seen();
    const { answer } = serving(seen.handler, {}).ask(request("POST /", length(3), "abc"));
    expect([parts(answer).body, seen.ended]).toEqual(["abc", 1]);
  });

  it("is read once", () => {
    const dialogue = serving((given) => {
      given.readBody({ onData: () => undefined, onEnd: () => undefined });
      given.readBody({ onData: () => undefined, onEnd: () => undefined });
    });
    expect(parts(dialogue.ask(request("POST /", length(3), "abc")).answer).status).toBe(500);
    expect(dialogue.logged[0]).toContain("it is read already");
  });

  it("is not delivered from inside the call that asks for it", () => {
    const order: string[] = [];
    const dialogue = serving((given, response) => {
      given.readBody({ onData: () => order.push("data"), onEnd: () => response.send() });
      order.push("called");
    });
    dialogue.ask(request("POST /", length(3), "abc"));
    expect(order).toEqual(["called", "data"]);
  });

  it("can be asked for later, and waits in the socket until then", () => {
    const seen = new Seen();
    const dialogue = serving(seen.keep);
    const { client } = dialogue.ask(request("POST /", length(5000)));
    dialogue.say(client, "x".repeat(5000));
    expect(client.unread).toBe(5000);
    seen.handler(seen.request!, seen.response!);
    dialogue.time.settle();
    expect(parts(client.take()).body).toHaveLength(5000);
  });

  it("waits in the socket while the request is paused", () => {
    const seen = new Seen();
    const dialogue = serving(seen.handler);
    const { client } = dialogue.ask(request("POST /", length(6), "ab"));
    seen.request!.pause();
    dialogue.say(client, "cdef");
    expect([seen.text, client.unread]).toEqual(["ab", 4]);
    seen.request!.resume();
    expect(seen.text).toBe("ab");
    dialogue.time.settle();
    expect(seen.text).toBe("abcdef");
  });

  it("can be paused in the middle of what was read", () => {
    const seen = new Seen();
    const dialogue = serving((given, response) => {
      given.readBody({
        onData(bytes) {
          seen.pieces.push(Buffer.from(bytes).toString());
          given.pause();
        },
        onEnd: () => response.send(),
      });
      seen.keep(given, response);
    });
    const { client } = dialogue.ask(request("POST /", CHUNKED, "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"));
    for (const text of ["a", "ab", "abc"]) {
      expect(seen.text).toBe(text);
      seen.request!.resume();
      dialogue.time.settle();
    }
    expect(parts(client.take()).status).toBe(200);
  });

  it("is followed by the next request", () => {
    const { answer } = serving(new Seen().handler).ask(
      request("POST /", length(3), "abc") + request("GET /"),
    );
    expect(answer.match(/abc|hello/g)).toEqual(["abc", "hello"]);
  });

  it("that breaks the rules is answered 400, and its reader is told", () => {
    const seen = new Seen();
    const { answer } = serving(seen.handler).ask(request("POST /", CHUNKED, "3\r\nabcd\r\n"));
    expect(parts(answer).status).toBe(400);
    expect([seen.text, seen.ended, seen.error?.code]).toEqual(["abc", 0, "ECONNABORTED"]);
  });

  it("that the client cuts short is answered 400, and its reader is told", () => {
    const seen = new Seen();
    const dialogue = serving(seen.handler);
    const { client } = dialogue.ask(request("POST /", length(6), "abc"));
    client.end();
    dialogue.time.settle();
    expect(parts(client.take()).status).toBe(400);
    expect([seen.ended, seen.error?.code]).toEqual([0, "ECONNABORTED"]);
  });

  it("whose client is gone fails for its reader, and tells of it", () => {
    const seen = new Seen();
    let closed = 0;
    const dialogue = serving((given, response) => {
      given.onClose = () => closed++;
      return seen.handler(given, response);
    });
    const { client } = dialogue.ask(request("POST /", length(6), "abc"));
    client.reset();
    dialogue.time.settle();
    expect([seen.ended, seen.error?.code, closed]).toEqual([0, "ECONNRESET", 1]);
    seen.request!.resume();
    seen.response!.send("late");
    expect(dialogue.time.pending).toBe(0);
  });

  it("is answered for if its reader throws", () => {
    const dialogue = serving((given) => {
      given.readBody({
        onData() {
          throw new HttpError(422, "no such sensor");
        },
        onEnd: () => undefined,
      });
    });
    const { answer } = dialogue.ask(request("POST /", length(3), "abc") + request("GET /"));
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 422", "HTTP/1.1 200"]);
  });

  it("must come within the time of a request, without that for which it was held back", () => {
    const seen = new Seen();
    const dialogue = serving(seen.handler);
    const { client } = dialogue.ask(request("POST /", length(6), "a"));
    dialogue.time.advance(REQUEST_TIME_LIMIT / 2);
    seen.request!.pause();
    dialogue.time.advance(RESPONSE_TIME_LIMIT - 1);
    seen.request!.resume();
    dialogue.time.advance(REQUEST_TIME_LIMIT / 2 - 1);
    expect(client.take()).toBe("");
    dialogue.time.advance(1);
    expect(parts(client.take()).status).toBe(408);
    expect(seen.error?.code).toBe("ETIMEDOUT");
  });

  it("is answered 503 if its handler neither reads nor answers", () => {
    const dialogue = serving(() => undefined);
    const { client } = dialogue.ask(request("POST /", length(6), "a"));
    dialogue.time.advance(RESPONSE_TIME_LIMIT);
    expect(parts(client.take()).status).toBe(503);
  });
});

describe("an async handler", () => {
  async function settle(dialogue: Dialogue): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      dialogue.time.settle();
      await Promise.resolve();
    }
  }

  it("reads a body with for await", async () => {
    const dialogue = serving(async (given, response) => {
      let text = "";
      for await (const piece of given.chunks()) text += `<${Buffer.from(piece).toString()}>`;
      response.send(text);
    });
    const { client } = dialogue.ask(request("POST /", CHUNKED, "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
    await settle(dialogue);
    expect(parts(client.take()).body).toBe("<ab><c>");
  });

  it("takes one piece at a time out of the socket", async () => {
    let next: (() => void) | undefined;
    let count = 0;
    const dialogue = serving(async (given, response) => {
      for await (const piece of given.chunks()) {
        count += piece.length;
        await new Promise<void>((resolve) => (next = resolve));
      }
      response.send(String(count));
    });
    const { client } = dialogue.ask(request("POST /", length(10_000), "x".repeat(10_000)));
    await settle(dialogue);
    expect(client.unread).toBeGreaterThan(5_000);
    while (count < 10_000) {
      next!();
      await settle(dialogue);
    }
    next!();
    await settle(dialogue);
    expect(parts(client.take()).body).toBe("10000");
  });

  it("may leave the loop: the rest is dropped, and the next request answered", async () => {
    const dialogue = serving(async (given, response) => {
      for await (const piece of given.chunks()) {
        response.send(Buffer.from(piece));
        break;
      }
    });
    const { client } = dialogue.ask(
      request("POST /", CHUNKED, "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n") + request("GET /"),
    );
    await settle(dialogue);
    expect(client.take().match(/ab|hello/g)).toEqual(["ab", "hello"]);
  });

  it("gets the error of a body that was cut short", async () => {
    let caught: unknown;
    const dialogue = serving(async (given) => {
      try {
        for await (const piece of given.chunks()) void piece;
      } catch (error) {
        caught = error;
      }
    });
    const { client } = dialogue.ask(request("POST /", length(10), "abc"));
    await settle(dialogue);
    client.reset();
    await settle(dialogue);
    expect(caught).toMatchObject({ code: "ECONNRESET" });
  });

  it("that rejects is answered for as one that throws", async () => {
    const dialogue = serving(() => Promise.reject(new HttpError(409, "too late")), {});
    const { client } = dialogue.ask(request("POST /"));
    await settle(dialogue);
    expect(parts(client.take()).status).toBe(409);
    const other = serving(() => Promise.reject(new Error("broken")), {});
    const asked = other.ask(request("POST /"));
    await settle(other);
    expect(parts(asked.client.take()).status).toBe(500);
    expect(other.logged).toEqual(["POST /: Error: broken"]);
  });

  it("that rejects in the middle of its answer has the connection broken off", async () => {
    const dialogue = serving((_, response) => {
      response.write("half");
      return Promise.reject(new Error("broken"));
    }, {});
    const { client } = dialogue.ask(request("POST /"));
    await settle(dialogue);
    expect(client.text).toMatch(/half\r\n$/);
    expect(client.closed).toBe(true);
  });
});

describe("a body that waits for 100 Continue", () => {
  it("is told so when a handler reads it", () => {
    const seen = new Seen();
    const dialogue = serving(seen.keep);
    const { client, answer } = dialogue.ask(request("POST /", EXPECTING));
    expect(answer).toBe("");
    seen.handler(seen.request!, seen.response!);
    dialogue.time.settle();
    expect(client.take()).toBe(CONTINUE);
    expect(parts(dialogue.say(client, "abc")).body).toBe("abc");
  });

  it("is not told so if the handler answers without reading, and the connection is closed", () => {
    const dialogue = serving((_, response) => {
      response.status = 403;
      response.send();
    });
    const { client, answer } = dialogue.ask(request("POST /", EXPECTING));
    expect(parts(answer)).toMatchObject({ status: 403 });
    expect(parts(answer).fields).toContain("Connection: close");
    expect(client.ended).toBe(true);
    dialogue.time.advance(LINGER_TIME_LIMIT);
    expect(client.closed).toBe(true);
  });

  it("is not told so by HTTP/1.0, which does not know it", () => {
    const dialogue = serving(new Seen().handler, {});
    const { answer } = dialogue.ask(`POST / HTTP/1.0\r\n${EXPECTING}\r\n`);
    expect(answer).toBe("");
  });

  it("is not told so once it comes", () => {
    const seen = new Seen();
    const { answer } = serving(seen.handler).ask(request("POST /", EXPECTING, "a"));
    expect([answer, seen.text]).toEqual(["", "a"]);
  });
});

describe("an answer before the end of its request", () => {
  const early: HttpHandler = (_, response) => response.send("early");

  it("goes out at once, what nobody reads is dropped, and the connection is kept", () => {
    const dialogue = serving(early);
    const { client, answer } = dialogue.ask(request("POST /", length(6), "abc"));
    expect(parts(answer)).toMatchObject({ status: 200, body: "early" });
    expect(parts(answer).fields).not.toContain("Connection: close");
    expect(parts(dialogue.say(client, `def${request("GET /")}`)).body).toBe("hello");
  });

  it("closes the connection where the rest is too much to be dropped", () => {
    const { client, answer } = serving(early).ask(request("POST /", length(MAX_LINGER + 1), "abc"));
    expect(parts(answer).fields).toContain("Connection: close");
    expect(client.ended).toBe(true);
  });

  it("closes the connection where chunks go on and on", () => {
    const dialogue = serving(early);
    const { client } = dialogue.ask(request("POST /", CHUNKED));
    for (let sent = 0; sent <= MAX_LINGER && !client.closed; sent += 4096)
      dialogue.say(client, `1000\r\n${"x".repeat(4096)}\r\n`);
    expect(client.closed).toBe(true);
  });

  it("closes the connection where the rest does not come", () => {
    const dialogue = serving(early);
    const { client } = dialogue.ask(request("POST /", length(6), "abc"));
    dialogue.time.advance(LINGER_TIME_LIMIT);
    expect(client.closed).toBe(true);
  });

  it("closes the connection where the rest breaks the rules", () => {
    const dialogue = serving(early);
    const { client } = dialogue.ask(request("POST /", CHUNKED, "x"));
    expect(client.ended).toBe(true);
    client.end();
    dialogue.time.settle();
    expect(client.closed).toBe(true);
  });

  it("leaves who reads its body on with it", () => {
    const seen = new Seen();
    const dialogue = serving((given, response) => {
      void seen.handler(given, response);
      response.send("accepted");
    });
    const { client, answer } = dialogue.ask(request("POST /", length(6), "abc"));
    expect(parts(answer).body).toBe("accepted");
    expect(parts(dialogue.say(client, `def${request("GET /")}`)).body).toBe("hello");
    expect([seen.text, seen.ended]).toEqual(["abcdef", 1]);
  });

  it("may be written while the body comes: an echo", () => {
    const dialogue = serving((given, response) => {
      response.write("");
      given.readBody({
        onData: (bytes) => response.write(bytes.slice()),
        onEnd: () => response.end(),
      });
    });
    const { client, answer } = dialogue.ask(request("POST /", CHUNKED));
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(dialogue.say(client, "1\r\na\r\n")).toBe("1\r\na\r\n");
    expect(dialogue.say(client, "2\r\nbc\r\n0\r\n\r\n")).toBe("2\r\nbc\r\n0\r\n\r\n");
    expect(parts(dialogue.say(client, request("GET /"))).body).toBe("hello");
  });
});

describe("what a body says", () => {
  function told(type: string | undefined, body: string, read: (given: HttpRequest) => unknown): string {
    const dialogue = serving((given, response) => response.json(read(given)), {});
    const fields = type === undefined ? "" : `Content-Type: ${type}\r\n`;
    return dialogue.ask(request("POST /", length(body.length) + fields, body)).answer;
  }

  it.each([
    [undefined, "gr\u00c3\u00bcn", "grün"],
    ["text/plain; charset=UTF-8", "gr\u00c3\u00bcn", "grün"],
    ['text/plain; charset="utf-8"', "gr\u00c3\u00bcn", "grün"],
    ["text/plain;a=b; charset=iso-8859-1", "gr\u00fcn", "grün"],
    ["text/plain; charset=us-ascii", "green", "green"],
  ])("is text: %s", (type, body, text) => {
    const answer = told(type, body, (given) => given.text());
    expect(Buffer.from(parts(answer).body, "latin1").toString()).toBe(JSON.stringify(text));
  });

  it.each([
    ["text/plain; charset=utf-16", "a", 415],
    ["text/plain", "\u00ff", 400],
    ["text/plain; charset=us-ascii", "\u00fc", 400],
  ])("is no text: %s %j", (type, body, status) => {
    expect(parts(told(type, body, (given) => given.text())).status).toBe(status);
  });

  it.each([
    [undefined, '{"a":1}', 200],
    ["application/json", "[1]", 200],
    ["application/ld+json; charset=utf-8", '"x"', 200],
    ["text/plain", "[1]", 415],
    ["application/json", "[1", 400],
    ["application/json", "", 400],
  ])("is JSON, or is refused: %s %j", (type, body, status) => {
    expect(parts(told(type, body, (given) => given.json())).status).toBe(status);
  });
});

describe("a body that is read too late", () => {
  it.each<[string, (client: MemoryClient, response: HttpResponse) => void]>([
    ["its client has gone", (client) => client.reset()],
    ["it was answered", (_, response) => response.send("early")],
  ])("fails at once, as %s", async (_, happen) => {
    const seen = new Seen();
    const dialogue = serving(seen.keep);
    const { client } = dialogue.ask(request("POST /", length(6), "abc"));
    happen(client, seen.response!);
    dialogue.time.settle();
    await expect(seen.request!.chunks()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "ECONNABORTED",
    });
  });
});
